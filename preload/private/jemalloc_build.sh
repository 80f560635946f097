#!/bin/sh
# jemalloc_build.sh -- Builds jemalloc as a static library for the shim, by its own configure.
#
# jemalloc_build.sh SOURCE DIRECTORY COMPILER
# Leaves DIRECTORY/libjemalloc_pic.a. Debian's own library takes 2.6 KiB of static thread-local
# storage from every process, which the loader does not have for a library that comes late (under
# LD_AUDIT). One process of ours at a time runs this copy, so its state of a thread is a variable:
# an empty __thread.
#
# SPDX-License-Identifier: Apache-2.0
set -eu
source=$(cd "$1" && pwd) directory=$2 compiler=$3
mkdir -p "$(dirname "$directory")"
work=$(mktemp -d "$directory.XXXXXX")
trap 'rm -rf "$work"' EXIT
cd "$work"
"$source/configure" --disable-cxx --disable-libdl --disable-stats --disable-shared \
  --without-export --with-jemalloc-prefix=hd_je_ CC="$compiler" \
  CFLAGS="-O2 -g1 -w -fvisibility=hidden -D__thread=" >configure.log 2>&1 ||
  { tail -n 20 configure.log >&2; exit 1; }
make -j2 lib/libjemalloc_pic.a >make.log 2>&1 || { tail -n 20 make.log >&2; exit 1; }
mkdir -p "$directory"
mv lib/libjemalloc_pic.a "$directory/" # in one step: two builds may meet here
