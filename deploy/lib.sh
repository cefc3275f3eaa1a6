# What deploy/demo, deploy/test and .ci/run share. Sourced by them, in bash with -euo pipefail.
# Everything here says what it does, does only what is missing, and is quick when nothing is.

brug_root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
brug_cores=$(nproc)

# An empty environment has no home, and ccache and npm want one.
export HOME="${HOME:-$(getent passwd "$(id -u)" | cut -d: -f6)}"
export PATH="${PATH:-/usr/local/bin:/usr/bin:/bin}:/usr/sbin:/sbin"

say() { printf '\n==> %s\n' "$*"; }

fail() {
  printf '\n==> %s\n' "$*" >&2
  exit 1
}

# install_packages SECTION...: what these sections of deploy/packages name and this machine lacks.
install_packages() {
  command -v dpkg-query >/dev/null || fail "Brug builds on Debian 12; this machine has no dpkg-query."
  local names missing
  mapfile -t names < <(packages_in "$@")
  [ ${#names[@]} -gt 0 ] || fail "deploy/packages names nothing for: $*"
  mapfile -t missing < <(missing_of "${names[@]}")
  [ ${#missing[@]} -gt 0 ] || return 0
  say "Installing Debian packages: ${missing[*]}"
  as_root apt-get -o DPkg::Lock::Timeout=300 update -q
  as_root apt-get -o DPkg::Lock::Timeout=300 install -y -q --no-install-recommends "${missing[@]}"
}

# install_npm_packages: exactly what tests/package-lock.json names, in tests/node_modules.
# Debian's npm is installed only where there is none: another, newer one does as well.
install_npm_packages() {
  command -v npm >/dev/null || install_packages npm
  local lock="$brug_root/tests/package-lock.json" installed="$brug_root/tests/node_modules/.installed-lock.json"
  if cmp -s "$lock" "$installed"; then return 0; fi
  say "Installing the npm packages of tests/package-lock.json"
  (cd "$brug_root/tests" && npm ci --no-progress)
  cp "$lock" "$installed"
}

# build PRESET [TARGET...]: configures and builds, everything unless targets are named.
build() {
  local preset=$1 log="$brug_root/build/$1/configure.log"
  shift
  say "Building preset $preset${1:+: $*} ($brug_cores cores, ccache)"
  mkdir -p "${log%/*}"
  cd "$brug_root"
  cmake --preset "$preset" >"$log" 2>&1 || { cat "$log"; fail "Preset $preset does not configure."; }
  cmake --build --preset "$preset" --parallel "$brug_cores" ${1:+--target "$@"}
}

# read_sources [OPTION...]: clang-tidy over the sources whose names come in, as preset release builds them.
read_sources() {
  local database=$brug_root/build/clang-tidy
  mkdir -p "$database"
  # clang cannot read GCC's precompiled header, and without it sees whether each file includes what it uses.
  sed -E 's/-Winvalid-pch -include [^ ]*cmake_pch\.hxx//' "$brug_root/build/release/compile_commands.json" \
    >"$database/compile_commands.json"
  xargs --no-run-if-empty -d '\n' -n 1 -P "$brug_cores" clang-tidy --quiet -p "$database" "$@" \
    2> >(grep -v ' generated\.$' >&2)
}

# packages_in SECTION...: the names that stand in these sections of deploy/packages.
packages_in() {
  awk -v wanted=" $* " '
    { sub(/#.*/, "") }
    /^\[/ { inside = index(wanted, " " substr($1, 2, length($1) - 2) " "); next }
    inside && NF { print $1 }' "$brug_root/deploy/packages"
}

# missing_of PACKAGE...: those of them that are not installed.
missing_of() {
  comm -13 \
    <(dpkg-query -W -f='${db:Status-Status} ${Package}\n' "$@" 2>/dev/null | sed -n 's/^installed //p' | sort -u) \
    <(printf '%s\n' "$@" | sort -u)
}

# as_root COMMAND...: as it is for root, through sudo for anybody else.
as_root() {
  if [ "$(id -u)" = 0 ]; then
    env DEBIAN_FRONTEND=noninteractive "$@"
  elif command -v sudo >/dev/null; then
    sudo env DEBIAN_FRONTEND=noninteractive "$@"
  else
    fail "This needs root, and there is no sudo here. Run as root: $*"
  fi
}
