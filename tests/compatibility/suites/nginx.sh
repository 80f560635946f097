# nginx.sh -- nginx with two workers: pages, a proxy, load, its end.
#
# SPDX-License-Identifier: Apache-2.0
. "$STEPS"
cd $FOLDER
mkdir -p logs html; echo 'a page' >html/a; seq 50000 >html/large
cat >conf <<EOF
${USER_LINE}worker_processes 2; daemon $DAEMON; pid $FOLDER/pid; error_log $FOLDER/errors notice;
events { worker_connections 256; }
http {
  access_log off; client_body_temp_path $FOLDER/t1; proxy_temp_path $FOLDER/t2;
  fastcgi_temp_path $FOLDER/t3; uwsgi_temp_path $FOLDER/t4; scgi_temp_path $FOLDER/t5;
  server { listen unix:$FOLDER/socket; listen 127.0.0.1:$PORT; root $FOLDER/html;
    location /gz/ { alias $FOLDER/html/; gzip on; gzip_types *; }
    location /proxy/ { proxy_pass http://unix:$FOLDER/socket:/; } }
}
EOF
get() { curl -s --max-time 20 "$@"; }
step test bash -c '$NGINX -t -c $FOLDER/conf -e stderr 2>&1 | grep -c successful'
$NGINX -c $FOLDER/conf -e stderr 2>started &
server=$!
until_answers get http://127.0.0.1:$PORT/a
step page get http://127.0.0.1:$PORT/a
step large bash -c 'curl -s http://127.0.0.1:$PORT/large | sha256sum'
step gzip bash -c 'curl -s --compressed http://127.0.0.1:$PORT/gz/large | sha256sum'
step proxy bash -c 'curl -s http://127.0.0.1:$PORT/proxy/large | sha256sum'
step missing get http://127.0.0.1:$PORT/nothing
step load bash -c 'wrk -t2 -c16 -d2 http://127.0.0.1:$PORT/large |
  grep -cE "Requests/sec|Non-2xx|Socket errors"'
step reload bash -c '$NGINX -c $FOLDER/conf -e stderr -s reload 2>&1 | grep -c started'
until_answers get http://127.0.0.1:$PORT/a
step after get http://127.0.0.1:$PORT/a
step quit bash -c '$NGINX -c $FOLDER/conf -e stderr -s quit 2>&1 | grep -c started'
gone() { ! [ -e $FOLDER/pid ]; }
until_answers gone
step ended wait $server
step errors bash -c 'grep -cE "alert|emerg|crit|exited on signal|heapdiff" errors'
