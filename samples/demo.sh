#!/bin/bash
# demo.sh -- The demonstration: set up, build, measure a leaking Node server, report.
#
# All its files are in build/demo/. You can run it again at any time.
#
# SPDX-License-Identifier: Apache-2.0
set -euo pipefail
cd "$(dirname "$0")/.."
source samples/requirements.sh

warmup=1800 # requests: every route is compiled, every cache is full
load=6000
naming="--interpreted-frames-native-stack" # of JavaScript functions in stacks

out=build/demo
server=""
trap stop_server EXIT
trap 'exit 130' INT TERM

stop_server() {
  [ -z "$server" ] || { kill "$server" && wait "$server"; } 2>/dev/null || true
}

say() {
  printf '\n== %s\n' "$*"
}

build() {
  # shellcheck disable=SC2086 # lists of words
  require $requirements_build $requirements_demo
  mkdir -p "$out"
  { cmake --preset release && cmake --build --preset release; } >"$out/build.log" 2>&1 ||
    { cat "$out/build.log" >&2; return 1; }
}

# Sets server and port. The server's first line on stdout comes when it listens.
start_server() {
  local line
  exec {answers}< <(
    top=$PWD
    HEAPDIFF_AT_EXIT=0 LD_PRELOAD="$top/build/libheapdiff.so" \
      NODE_OPTIONS="--require=$top/build/heapdiff-node.cjs $naming" \
      exec node "$top/samples/node-server/server.js" 0 2>server.log
  )
  server=$!
  if ! read -r -t 30 line <&"$answers" || [ "${line% *}" != "listening on" ]; then
    cat "$out/server.log" >&2
    return 1
  fi
  port=${line##* }
}

ask() {
  node -e 'fetch(process.argv[1]).then(r => r.text()).then(t => process.stdout.write(t))' \
    "http://127.0.0.1:$port/$1"
}

# LABEL and the requests that were answered since the first snapshot.
snapshot() {
  build/heapdiff snapshot "$server" --label "$1" --ops "$2" --gc -o "$out/$1.db"
  ask stats >"$out/$1.stats.json"
}

# The server's own numbers of what it kept between the snapshots, beside the measured ones.
confirm() {
  build/heapdiff compare "$out/steady.db" "$out/loaded.db" --format json >"$out/compare.json"
  node - "$out" <<'END'
const [out] = process.argv.slice(2);
const read = (name) => JSON.parse(require('fs').readFileSync(`${out}/${name}`));
const kept = (field) =>
  read('loaded.stats.json').uploads[field] - read('steady.stats.json').uploads[field];
const site = read('compare.json').sites[0] ?? { growth_bytes: 0, growth_blocks: 0 };
const deviation = 100 * (site.growth_bytes / kept('bytes') - 1);
console.log(`the server kept    ${kept('bytes')} bytes in ${kept('blocks')} uploads`);
console.log(`site 1 grew by     ${site.growth_bytes} bytes in ${site.growth_blocks} blocks ` +
  `(${deviation >= 0 ? '+' : ''}${deviation.toFixed(2)} %)`);
process.exit(Math.abs(deviation) <= 2 ? 0 : 1);
END
}

say "set up and build"
build

rm -f "$out"/*.db "$out"/*.json "$out"/requests "$out"/isolate-*.log
start_server
say "node server, pid $server, port $port: warm-up"
node samples/node-server/load.js "$port" "$warmup"
snapshot steady 0

say "load"
HEAPDIFF_OPS_FILE=$out/requests node samples/node-server/load.js "$port" "$load"
snapshot loaded "$(cat "$out/requests")"

say "heapdiff compare $out/steady.db $out/loaded.db"
build/heapdiff compare "$out/steady.db" "$out/loaded.db"

build/heapdiff report "$out/steady.db" "$out/loaded.db" -o "$out/report.html" >/dev/null

say "the server's own numbers"
confirm

say "files"
echo "snapshots  $PWD/$out/steady.db"
echo "           $PWD/$out/loaded.db"
echo "report     $PWD/$out/compare.json"
echo "page       $PWD/$out/report.html"
