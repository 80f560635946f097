# postgres.sh -- A PostgreSQL cluster: queries, load, a crash, its end.
#
# SPDX-License-Identifier: Apache-2.0
. "$STEPS"
cd $FOLDER
step initdb bash -c 'initdb -A trust -D data --no-instructions | grep -c ok$'
options="-k $FOLDER -c listen_addresses= -c max_parallel_workers_per_gather=2"
options="$options -c min_parallel_table_scan_size=0 -c parallel_setup_cost=0 -c jit_above_cost=0"
pg_ctl -D data -w -l log -o "$options" start >started 2>&1
step started grep -c 'server started' started
step table psql -c "CREATE TABLE t AS SELECT i, i * 7 % 1009 AS j, md5(i::text) AS m
  FROM generate_series(1, 60000) i"
step index psql -c "CREATE INDEX ON t(j); CREATE INDEX ON t(m)"
step analyze psql -c "VACUUM ANALYZE t"
step parallel psql -Atc "SELECT j, count(*), max(m) FROM t GROUP BY j ORDER BY j"
step join psql -Atc "SELECT count(*) FROM t a JOIN t b ON a.j = b.j WHERE a.i < 2000"
step sort psql -Atc "SET work_mem = '64kB'; SELECT md5(string_agg(m, '' ORDER BY m)) FROM t"
step function psql -c "CREATE FUNCTION f(n int) RETURNS int LANGUAGE plpgsql
  AS 'BEGIN RETURN n * 2; END'"
step call psql -Atc "SELECT sum(f(i)) FROM t"
step error psql -c "SELECT 1 / 0"
step pgbench_init bash -c 'pgbench -i -q -s 2 2>&1 | grep -c done'
step pgbench bash -c 'pgbench -c 4 -j 2 -t 200 2>&1 | grep -E "actually|failed"'
step prepared bash -c 'pgbench -c 2 -j 2 -t 200 -n -M prepared -S 2>&1 | grep -E "actually|failed"'
step sums psql -Atc "SELECT sum(abalance) = (SELECT sum(delta) FROM pgbench_history)
  FROM pgbench_accounts"
step dump bash -c 'pg_dump -t t --no-comments | grep -vE "^--|restrict" | sha256sum'
step checkpoint psql -c CHECKPOINT
step crash psql -c "SELECT pg_terminate_backend(pg_backend_pid())"
step reload pg_ctl -D data reload
step stop bash -c 'pg_ctl -D data -m fast -w stop | grep -c "server stopped"'
step start_again bash -c 'pg_ctl -D data -w -l log -o "-k $FOLDER -c listen_addresses=" start |
   grep -c "server started"'
step count psql -Atc "SELECT count(*) FROM t"
step immediate bash -c 'pg_ctl -D data -m immediate -w stop | grep -c "server stopped"'
step log bash -c 'grep -cE "PANIC|terminated by signal|heapdiff" log'
