#!/usr/bin/env bash
# ./run.sh demo    set up, listen to the invented exercise and make its five digests
# ./run.sh test    set up and run all tests
# ./run.sh check   format, lint, types, import contracts, tests with coverage: what CI runs
# ./run.sh fix     format and mend what ruff can mend
# ./run.sh wheels  put all that an install without a network needs into a folder: ./run.sh wheels FOLDER
# ./run.sh serve   show the demo's pages on http://127.0.0.1:8080; sign in as demo with demo/password
set -euo pipefail
cd "$(dirname "$0")"

say() { echo "run.sh: $*" >&2; exit 2; }

ready() { # makes .venv once, and again when the lock file has changed
  local python=${PYTHON:-python3}
  command -v "$python" >/dev/null || say "Python 3.11 or later is missing: install it (Debian: apt install python3 python3-venv)."
  "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || say "Python 3.11 or later is needed, $("$python" --version) is here: set PYTHON=/path/to/python3.11."
  if [ ! -x .venv/bin/python ]; then
    "$python" -m venv .venv 2>/dev/null || { rm -rf .venv; say "the venv module is missing (Debian: apt install python3-venv)."; }
  fi
  if ! cmp -s requirements.lock .venv/installed.lock; then
    echo "Installing the packages of requirements.lock into .venv (once, about a minute)" >&2
    .venv/bin/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements.lock || say "the packages could not be installed: is the package registry reachable?"
    .venv/bin/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e . || say "the project could not be installed."
    cp requirements.lock .venv/installed.lock
  fi
}

lint() {
  .venv/bin/ruff format --check .
  .venv/bin/ruff check .
  .venv/bin/mypy
  .venv/bin/lint-imports
}

cmd=${1:-}; [ $# -gt 0 ] && shift
case $cmd in
  demo) ready; exec .venv/bin/listener demo "$@" ;;
  test) ready; exec .venv/bin/python -m pytest -n auto --dist loadfile --max-worker-restart=0 "$@" ;;
  check)
    ready; lint
    .venv/bin/python -m coverage erase
    .venv/bin/python -m coverage run -m pytest -n auto --dist loadfile --max-worker-restart=0 "$@"
    .venv/bin/python -m coverage combine -q
    if [ -n "${CI:-}" ]; then .venv/bin/python -m coverage report --fail-under=95; else .venv/bin/python -m coverage report; fi ;;
  fix) ready; .venv/bin/ruff check --fix . || true; .venv/bin/ruff format . ;;
  wheels)
    ready
    folder=${1:-wheels}; mkdir -p "$folder"
    .venv/bin/python deploy/needed.py > "$folder/requirements.lock"
    .venv/bin/python -m pip wheel -q --disable-pip-version-check --require-hashes --no-deps -r "$folder/requirements.lock" -w "$folder" || say "the packages could not be fetched: is the package registry reachable?"
    .venv/bin/python -m pip wheel -q --disable-pip-version-check --no-deps --no-build-isolation -w "$folder" . || say "the project could not be built."
    echo "$folder: $(find "$folder" -name '*.whl' | wc -l) wheels for $("$PWD/.venv/bin/python" --version). Install without a network: pip install --no-index --find-links $folder 'listener[notify]'" ;;
  serve) ready; exec .venv/bin/listener -c demo/listener.toml serve "$@" ;;
  *) sed -n '2,7s/^# //p' "$0" >&2; exit 2 ;;
esac
