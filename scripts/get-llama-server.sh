#!/bin/sh
# Unpacks llama.cpp's server from Debian's suite sid into .engine/llama-server, for the tests and benchmarks that ask a
# real engine. Nothing is installed: apt works on a state of its own, from the mirror that this system already uses,
# and the packages (its C library and loader too) are only unpacked.
#
#   sh scripts/get-llama-server.sh [folder]
set -eu

fail() {
  echo "get-llama-server: $1" >&2
  exit 1
}

root=$(cd "$(dirname "$0")/.." && pwd)
out=${1:-$root/.engine/llama-server}
keyring=/usr/share/keyrings/debian-archive-keyring.gpg

command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null ||
  fail "this needs apt-get and dpkg-deb, which only Debian and its kin have."
[ -r "$keyring" ] || fail "this needs Debian's archive keys ($keyring), which are not here."

# the first address of a deb822 list, else of a one-line list
mirror=$(
  { cat /etc/apt/sources.list.d/*.sources 2>/dev/null || true; } |
    awk '$1 == "URIs:" { print $2; exit }'
)
[ -n "$mirror" ] || mirror=$(
  { cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list 2>/dev/null || true; } |
    awk '$1 == "deb" { for (i = 2; i <= NF; i++) if ($i ~ /:\/\//) { print $i; exit } }'
)
[ -n "$mirror" ] || fail "apt has no mirror configured."

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/state/lists/partial" "$work/cache/archives/partial" "$work/files"
# an empty list of installed packages makes apt fetch every dependency
: >"$work/state/status"
cat >"$work/sid.sources" <<END
Types: deb
URIs: $mirror
Suites: sid
Components: main
Signed-By: $keyring
END

private_apt() {
  apt-get -qq \
    -o Dir::Etc::sourcelist="$work/sid.sources" -o Dir::Etc::sourceparts=- \
    -o Dir::State="$work/state" -o Dir::State::status="$work/state/status" \
    -o Dir::Cache="$work/cache" -o APT::Sandbox::User=root "$@"
}

private_apt update || fail "the package lists of sid cannot be had from the configured mirror."
private_apt --yes --no-install-recommends --download-only install llama.cpp-tools ||
  fail "the package llama.cpp-tools cannot be had from the configured mirror."
for package in "$work"/cache/archives/*.deb; do
  [ -f "$package" ] || fail "apt has downloaded no package."
  dpkg-deb --extract "$package" "$work/files"
done
[ -x "$work/files/usr/bin/llama-server" ] || fail "the packages hold no llama-server."

rm -rf "$out"
mkdir -p "$(dirname "$out")"
mv "$work/files" "$out"
echo "llama-server is in $out"
