#!/bin/sh
# leak_test.sh -- Runs a program under heapdiff and fails when its live memory grows.
#
# SPDX-License-Identifier: Apache-2.0
#
# usage: leak_test.sh HEAPDIFF PROGRAM [LIMIT]
#
# The program takes the snapshots "before" and "after". It is run a second time with CANARY=1, when
# it must be caught: a leak test that cannot fail says nothing.
set -eu
heapdiff=$1 program=$2 limit=${3:-64k}
folder=$(mktemp -d)
trap 'rm -r "$folder"' EXIT

measure() {
    mkdir "$folder/$1"
    HEAPDIFF_AT_EXIT=0 "$heapdiff" run -o "$folder/$1/%l.db" -- "$program" >&2
    status=0
    "$heapdiff" compare "$folder/$1/before.db" "$folder/$1/after.db" --ops 20000 \
        --fail-on-growth "$limit" || status=$?
}

CANARY=1 measure canary >"$folder/canary.txt"
if [ "$status" -ne 1 ]; then
    cat "$folder/canary.txt"
    echo "leak_test.sh: the canary leaked, and heapdiff did not notice (exit code $status)" >&2
    exit 1
fi
measure program
exit "$status"
