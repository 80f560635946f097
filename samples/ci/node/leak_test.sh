#!/bin/sh
# leak_test.sh -- Fails when the service's live memory grows under load; writes leaks.xml.
#
# SPDX-License-Identifier: Apache-2.0
#
# usage: leak_test.sh HEAPDIFF PORT [REPORT.xml]
#
# One job starts the service recorded, warms it up, takes a snapshot, loads it, lets it collect its
# garbage and takes another. Then the same with CANARY=1, which must be caught.
set -eu
heapdiff=$1 port=$2 report=${3:-leaks.xml}
here=$(dirname "$0")
folder=$(mktemp -d)
trap 'rm -r "$folder"' EXIT

measure() {
    mkdir "$folder/$1"
    "$heapdiff" run -o "$folder/$1/" --on-port "$port" --warmup 2 --snapshots 2 \
        --load "node '$here/load.js' $port 2000" -- node "$here/service.js" "$port" >&2
    status=0
    "$heapdiff" compare "$folder/$1"/*steady.db "$folder/$1"/*loaded.db --ops 2000 \
        --fail-on-growth 4MiB --format junit >"$2" || status=$?
}

CANARY=1 measure canary "$folder/canary.xml"
if [ "$status" -ne 1 ]; then
    cat "$folder/canary.xml"
    echo "leak_test.sh: the canary leaked, and heapdiff did not notice (exit code $status)" >&2
    exit 1
fi
measure service "$report"
exit "$status"
