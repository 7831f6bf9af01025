#!/usr/bin/env bash
# engine.sh start|clean|stop: a container engine without systemd, as in CI. One that answers already is used and left alone.
#   ENGINE_SOCK   /var/run/docker.sock
#   ENGINE_DATA   /var/lib/docker, or a folder in TMPDIR where that is an overlay, on which every build is very slow
#   ENGINE_STATE  where pid and log lie: a folder in TMPDIR
set -euo pipefail
PATH=$PATH:/usr/sbin:/sbin
sock=${ENGINE_SOCK:-/var/run/docker.sock}
data=${ENGINE_DATA:-$([ "$(stat -f -c %T /var/lib)" = overlayfs ] && echo "${TMPDIR:-/tmp}/voice-agent-images" || echo /var/lib/docker)}
state=${ENGINE_STATE:-${TMPDIR:-/tmp}/voice-agent-engine}

version() { DOCKER_HOST=unix://$sock docker version --format '{{.Server.Version}}' 2>/dev/null; }
ours() { [ -s "$state/pid" ] && [ "$(cat "/proc/$(cat "$state/pid")/comm" 2>/dev/null)" = dockerd ]; }

start() {
  local v _
  if v=$(version) && [ -n "$v" ]; then
    echo "engine $v answers, using it"
    return
  fi
  [ "$(id -u)" = 0 ] || { echo "no engine answers on $sock, and only root can start one" >&2; exit 3; }
  command -v dockerd >/dev/null || { echo "dockerd is not installed: deploy/containers/install-engine.sh" >&2; exit 4; }
  mkdir -p "$state" "$data"
  rm -f "$state/pid" "$sock"
  setsid -f dockerd --host "unix://$sock" --data-root "$data" --pidfile "$state/pid" --log-level warn \
    >"$state/log" 2>&1 </dev/null
  for _ in $(seq 150); do
    if v=$(version) && [ -n "$v" ]; then
      share_processors
      echo "engine $v started, pid $(cat "$state/pid")"
      return
    fi
    sleep 0.2
  done
  tail -20 "$state/log" >&2
  exit 5
}

# Under cgroup v1 all containers together weigh no more than one process of the host: five services would start in a
# minute beside a build, and calls would stutter.
share_processors() {
  local cpu=/sys/fs/cgroup/cpu
  [ -d "$cpu" ] || return 0
  mkdir -p "$cpu/docker" && echo 4096 >"$cpu/docker/cpu.shares" || true
}

clean() {
  ours || return 0 # never cleans an engine that it did not start
  docker ps -aq --filter label=com.docker.compose.project | xargs -r docker rm -fv >/dev/null
  docker network ls -q --filter label=com.docker.compose.project | xargs -r docker network rm >/dev/null
}

stop() {
  ours || { echo "not ours, left alone"; return; }
  local pid _
  pid=$(cat "$state/pid")
  kill "$pid"
  for _ in $(seq 150); do
    [ -d "/proc/$pid" ] || { echo "engine stopped"; return; }
    sleep 0.2
  done
  echo "the engine does not end" >&2
  exit 6
}

case ${1:-} in
  start | clean | stop) "$1" ;;
  *) echo "engine.sh start|clean|stop" >&2; exit 2 ;;
esac
