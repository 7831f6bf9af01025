#!/usr/bin/env bash
# Installs a container engine with compose and buildx where there is none: Debian, root; 20 to 60 s, nothing if present.
# Debian 12's engine is too old for a health check's start interval: there the four packages come from Debian 13,
# through an apt state of their own, so that the system's sources stay as they are.
set -euo pipefail
PATH=$PATH:/usr/sbin:/sbin
export DEBIAN_FRONTEND=noninteractive
PACKAGES=(docker.io docker-cli docker-compose docker-buildx)

major() { "$@" 2>/dev/null | sed -nE 's/.*version v?([0-9]+)\..*/\1/p' | head -1; }
present() {
  [ "$(major dockerd --version || true)" -ge 25 ] && [ "$(major docker compose version || true)" -ge 2 ] &&
    docker buildx version && command -v iptables
}
retry() {
  local i
  for i in 1 2 3; do
    "$@" && return
    sleep $((i * 3))
  done
  return 1
}

if present >/dev/null 2>&1; then
  echo "docker engine, compose and buildx are present"
  exit 0
fi
[ "$(id -u)" = 0 ] || { echo "docker engine, compose or buildx are missing, and only root can install them" >&2; exit 3; }

work=
policy=
trap '[ -z "$policy" ] || rm -f /usr/sbin/policy-rc.d; [ -z "$work" ] || rm -rf "$work"' EXIT
if [ ! -e /usr/sbin/policy-rc.d ]; then # the package shall start no daemon
  printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d
  chmod 755 /usr/sbin/policy-rc.d
  policy=ours
fi
retry apt-get -qq update
. /etc/os-release
if [ "$VERSION_CODENAME" = bookworm ]; then
  work=$(mktemp -d)
  mkdir -p "$work"/{lists/partial,cache/archives/partial,debs}
  : >"$work/status"
  mirror=$(sed -nE 's,^(URIs: *|deb +(\[[^]]*\] +)?)(http[^ ]*/debian/?)( .*)?$,\3,p' \
    /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null | head -1 || true)
  echo "deb ${mirror:?no Debian mirror is configured} trixie main" >"$work/sources.list"
  apart=(-o Dir::State="$work" -o Dir::State::lists="$work/lists" -o Dir::State::status="$work/status"
    -o Dir::Cache="$work/cache" -o Dir::Etc::sourcelist="$work/sources.list" -o Dir::Etc::sourceparts=-
    -o APT::Sandbox::User=root -o Acquire::Languages=none)
  retry apt-get -qq "${apart[@]}" update
  (cd "$work/debs" && retry apt-get -qq "${apart[@]}" download "${PACKAGES[@]}")
  retry apt-get -qq install -y --no-install-recommends iptables "$work"/debs/*.deb >"$work/log" 2>&1 ||
    { cat "$work/log" >&2; exit 5; }
else
  retry apt-get -qq install -y --no-install-recommends "${PACKAGES[@]}" iptables >/dev/null
fi
