#!/usr/bin/env bash
# Proves deploy/nginx.conf and deploy/Caddyfile on this machine: each with a certificate made here, a gateway behind
# it, and a simulated call through both over wss. Needs nginx, caddy, openssl, a JDK 25 and Maven; listens on
# 127.0.0.1 only.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
for program in nginx caddy openssl; do
  command -v "$program" >/dev/null || { echo "try-proxies: $program is not installed (Debian: apt-get install $program)" >&2; exit 1; }
done
TRY_PROXIES=true ./voice-agent test -pl e2e-tests -am -Dtest=ProxyTest -Dsurefire.failIfNoSpecifiedTests=false "$@"
