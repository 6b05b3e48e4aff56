#!/bin/sh
# Installs what Colibri needs on Debian 12; returns at once when everything is there.
set -eu

usage() {
  cat <<'USAGE'
usage: tools/dev setup [--list] [--quiet]

Installs every Debian package that building, testing and running Colibri needs, as root or
through sudo, after printing each with its reason. Does nothing when all are installed.

  --list    print the packages and their reasons, install nothing
  --quiet   say nothing when there is nothing to install

exit code: 0 all there, 1 something could not be installed, 2 usage
USAGE
}

packages() {
  cat <<'PACKAGES'
git                  version control; the lints read its list of files
ca-certificates      roots against which TLS certificates of venues are checked
cmake                build description
ninja-build          build
ccache               compiles each file once across build directories
pkg-config           finds libraries
python3              tools/dev, lints
clang-19             compiler (g++ 12 miscompiles coroutines)
lld-19               linker
clang-format-19      tools/dev fmt
clang-tidy-19        tools/dev lint --tidy
llvm-19              symbols in the reports of sanitizers
libclang-rt-19-dev   sanitizers and libFuzzer
libboost1.81-dev     Asio and Beast: event loop, HTTP, WebSocket
libssl-dev           TLS, HMAC, Ed25519
libsecp256k1-dev     signatures of wallets
libcrypto++-dev      Keccak-256, which those signatures hash with
nlohmann-json3-dev   JSON of configuration and rare messages
libabsl-dev          statuses, times, hash maps
libspdlog-dev        logging
libgtest-dev         GoogleTest
libgmock-dev         GoogleMock
libsimdjson-dev      JSON of frequent messages
libyaml-cpp-dev      configuration files
libcli11-dev         command line
zlib1g-dev           gzip frames and recordings
libbenchmark-dev     benchmarks
valgrind             counts the instructions of the hot paths
PACKAGES
  if ! has_node; then
    cat <<'PACKAGES'
nodejs               tests of interoperability run an independent client
npm                  installs that client
PACKAGES
  fi
}

# A node of 18 or later from elsewhere serves as well, and conflicts with Debian's npm.
has_node() {
  command -v node >/dev/null 2>&1 && command -v npm >/dev/null 2>&1 || return 1
  major=$(node --version 2>/dev/null | sed 's/^v\([0-9]*\).*/\1/')
  [ "${major:-0}" -ge 18 ] 2>/dev/null
}

# Prints the lines of packages() whose package is not installed.
missing_packages() {
  packages | while read -r name reason; do
    status=$(dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null) || status=absent
    [ "$status" = installed ] || printf '%-20s %s\n' "$name" "$reason"
  done
}

# One query for all, because this runs before every command.
all_installed() {
  names=$(packages | cut -d ' ' -f 1)
  # shellcheck disable=SC2086
  found=$(dpkg-query -W -f '${db:Status-Status}\n' $names 2>/dev/null | grep -c '^installed$')
  [ "$found" -eq "$(printf '%s\n' $names | wc -l)" ]
}

quiet=no
for argument in "$@"; do
  case "$argument" in
    --help | -h) usage; exit 0 ;;
    --list) packages; exit 0 ;;
    --quiet) quiet=yes ;;
    *) usage >&2; echo "tools/dev setup: unknown option '$argument'" >&2; exit 2 ;;
  esac
done

if ! command -v dpkg-query >/dev/null 2>&1; then
  [ "$quiet" = yes ] && exit 0
  echo "tools/dev setup: this is no Debian (no dpkg-query). Install the equivalents of:" >&2
  packages >&2
  exit 1
fi
if all_installed; then
  [ "$quiet" = yes ] || echo "setup: every package is installed"
  exit 0
fi

missing=$(missing_packages)
names=$(printf '%s\n' "$missing" | cut -d ' ' -f 1 | tr '\n' ' ')
echo "setup: installing $(printf '%s\n' "$missing" | wc -l) Debian packages:"
printf '%s\n' "$missing" | sed 's/^/  /'
as_root=
if [ "$(id -u)" -ne 0 ]; then
  if ! command -v sudo >/dev/null 2>&1; then
    echo "setup: installing needs root, and there is no sudo. As root, run:" >&2
    echo "  apt-get update && apt-get install -y $names" >&2
    exit 1
  fi
  as_root=sudo
fi
apt() {
  $as_root env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 -q "$@"
}
if ! apt update; then
  echo "setup: apt-get update failed: check the network and /etc/apt/sources.list" >&2
  exit 1
fi
# shellcheck disable=SC2086
if ! apt install -y --no-install-recommends $names; then
  echo "setup: apt-get install failed; the lines above name the package. Debian 12 has them all." >&2
  exit 1
fi
echo "setup: done"
