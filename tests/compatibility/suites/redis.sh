# redis.sh -- A redis server: commands, snapshots by a child, load, its end.
#
# SPDX-License-Identifier: Apache-2.0
. "$STEPS"
cd $FOLDER
cli() { redis-cli -s $FOLDER/socket "$@"; }
redis-server --port 0 --unixsocket $FOLDER/socket --save '' --appendonly yes --dir $FOLDER \
  --enable-debug-command yes >log 2>&1 &
server=$!
until_answers cli ping
step set cli set a 1
step many cli eval 'for i=1,20000 do redis.call("set", "k"..i, i) end return redis.call("dbsize")' 0
step lists cli eval 'for i=1,9000 do redis.call("rpush", "l"..(i%9), i) end
  return redis.call("llen", "l1")' 0
step hash cli hset h a 1 b 2 c 3
step sorted cli eval 'for i=1,3000 do redis.call("zadd", "z", i%97, i) end
  return redis.call("zrange", "z", 10, 20)' 0
step error cli nothing
step bgsave cli bgsave
saved() { [ "$(cli info persistence |
  grep -c rdb_bgsave_in_progress:0)" = 1 ]; }
until_answers saved
step rewrite cli bgrewriteaof
rewritten() { [ "$(cli info persistence |
  grep -c aof_rewrite_in_progress:0)" = 1 ]; }
until_answers rewritten
step status bash -c 'redis-cli -s $FOLDER/socket info persistence |
  grep -E "last_(bgsave|bgrewrite)_status"'
step benchmark bash -c 'redis-benchmark -s $FOLDER/socket -n 20000 -P 16 -q \
  -t set,get,lpush,lpop,sadd,hset,zadd,lrange_100 | tr "\\r" "\\n" | grep -c "requests per second"'
step digest cli debug digest
step flush cli flushall
step purge cli memory purge
step shutdown cli shutdown nosave
step ended wait $server
step rdb redis-check-rdb dump.rdb
