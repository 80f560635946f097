# requirements.sh -- Debian 12 packages for build, demonstration and tests; to be sourced.
# shellcheck shell=bash disable=SC2034 # the lists are for those who source this
#
# require PACKAGE... installs missing packages, and does nothing if none is missing.
#
# SPDX-License-Identifier: Apache-2.0

requirements_build="gcc g++ cmake ninja-build pkg-config binutils make bzip2
  libsqlite3-dev libunwind-dev liblzma-dev zlib1g-dev libdw-dev libelf-dev libcjson-dev
  libutf8proc-dev libiberty-dev libcmocka-dev python3 lowdown"
requirements_demo="nodejs"
requirements_tests="nodejs redis-server redis-tools elfutils procps libtcmalloc-minimal4
  libjemalloc2 libmimalloc2.0 npm chromium golang-go protobuf-compiler
  debuginfod libdebuginfod1 libc6-dbg dwz xz-utils clang openjdk-17-jdk-headless rustc
  libxml2-utils clang-tidy-14 cppcheck"

# A program that is already there counts, however it came: node is often not Debian's own.
requirement_is_met() {
  case $1 in
    nodejs) command -v node >/dev/null && return ;;
    python3) command -v python3 >/dev/null && return ;;
    npm) command -v npm >/dev/null && return ;;
    openjdk-17-jdk-headless) command -v javac >/dev/null && command -v jcmd >/dev/null && return ;;
    rustc) command -v rustc >/dev/null && return ;;
    clang) command -v clang >/dev/null && return ;;
    golang-go) command -v go >/dev/null && return ;;
  esac
  [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

require() {
  local package missing="" sudo=""
  for package in "$@"; do
    requirement_is_met "$package" || missing="$missing $package"
  done
  [ -n "$missing" ] || return 0
  [ "$(id -u)" -eq 0 ] || sudo=sudo
  echo "installing:$missing" >&2
  # A fresh machine has no package lists yet; old lists may name versions that are gone.
  $sudo apt-get update -qq
  # shellcheck disable=SC2086 # a list of words
  $sudo env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq --no-install-recommends $missing >/dev/null
}
