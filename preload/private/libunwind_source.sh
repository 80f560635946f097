#!/bin/sh
# libunwind_source.sh -- Fetches and unpacks Debian's source package of libunwind.
#
# libunwind_source.sh DIRECTORY VERSION SHA256
# Debian's static libunwind is not position-independent; its source package can be. apt verifies the
# signature, the hash pins the contents. Needs no root: apt works on lists of its own.
#
# SPDX-License-Identifier: Apache-2.0
set -eu
directory=$1 version=$2 sha256=$3
mkdir -p "$directory"
directory=$(cd "$directory" && pwd)
upstream=${version%-*}
tarball="$directory/libunwind_$upstream.orig.tar.gz"

fetch() {
  work=$(mktemp -d "$directory/apt.XXXXXX")
  trap 'rm -rf "$work"' EXIT
  mkdir -p "$work/lists/partial" "$work/parts" "$work/cache/archives/partial"
  for file in /etc/apt/sources.list.d/*.sources; do
    [ -e "$file" ] && sed 's/^Types:.*/Types: deb-src/' "$file" >"$work/parts/$(basename "$file")"
  done
  for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
    part="$work/parts/$(basename "$file" .list).list"
    [ -e "$file" ] && sed -n 's/^deb\(-src\)\? /deb-src /p' "$file" >"$part"
  done
  set -- -qq -o Dir::Etc::SourceList=/dev/null -o "Dir::Etc::SourceParts=$work/parts" \
    -o "Dir::State::Lists=$work/lists" -o "Dir::Cache=$work/cache" -o APT::Sandbox::User=
  apt-get "$@" update
  (cd "$work" && apt-get "$@" source --download-only "libunwind=$version")
  mv "$work/libunwind_$upstream.orig.tar.gz" "$tarball"
}

matches() { echo "$sha256  $tarball" | sha256sum --check --status 2>/dev/null; }

matches || fetch
matches || { echo "libunwind_source.sh: $tarball has another hash than $sha256" >&2; exit 1; }
tar -C "$directory" -xzf "$tarball"
