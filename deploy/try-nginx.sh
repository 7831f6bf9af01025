#!/usr/bin/env bash
# Proves deploy/nginx.conf on this machine: nginx with a certificate made here, a gateway behind it, and a simulated
# call through both over wss. Needs nginx, openssl, a JDK 25 and Maven; listens on 127.0.0.1 only.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
for program in nginx openssl; do
  command -v "$program" >/dev/null || { echo "try-nginx: $program is not installed (Debian: apt-get install $program)" >&2; exit 1; }
done
TRY_NGINX=true ./voice-agent test -pl e2e-tests -am -Dtest=NginxTest -Dsurefire.failIfNoSpecifiedTests=false "$@"
