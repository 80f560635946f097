#!/bin/sh
# debian_source.sh -- Fetches and unpacks the upstream part of a Debian source package.
#
# debian_source.sh DIRECTORY PACKAGE VERSION SUFFIX SHA256
# For libraries that Debian has only in a form that cannot become part of the shim. apt verifies the
# signature, the hash pins the contents. Needs no root: apt works on lists of its own.
#
# SPDX-License-Identifier: Apache-2.0
set -eu
directory=$1 package=$2 version=$3 suffix=$4 sha256=$5
mkdir -p "$directory"
directory=$(cd "$directory" && pwd)
name="${package}_${version%-*}.orig.$suffix"
tarball="$directory/$name"

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
  (cd "$work" && apt-get "$@" source --download-only "$package=$version")
  mv "$work/$name" "$tarball"
}

matches() { echo "$sha256  $tarball" | sha256sum --check --status 2>/dev/null; }

matches || fetch
matches || { echo "debian_source.sh: $tarball has another hash than $sha256" >&2; exit 1; }
tar -C "$directory" -xf "$tarball"
