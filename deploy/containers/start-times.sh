#!/usr/bin/env bash
# start-times.sh TAG...: size of each service's image and the time from the start of its JVM until its ports are open,
# the median of five starts, one at a time, 512 MB. Images by ./voice-agent compose build, those with an AOT cache by
# IMAGE_TARGET=aot TAG=aot ./voice-agent compose build
set -euo pipefail
cd "$(dirname "$0")/.."
tags=("${@:-dev}")
printf '%-15s %-6s %8s %10s\n' service tag size 'ports open'
for service in gateway stt-service brain-service tts-service; do
  for tag in "${tags[@]}"; do
    image=voice-agent/$service:$tag
    times=()
    for _ in 1 2 3 4 5; do
      id=$(docker run -d --read-only --tmpfs /tmp:exec,mode=1777,size=256m --memory 512m --env-file simulators.env \
        -e PUBLIC_HOST=localhost -e CALL_RECORD_DIR=/tmp/records "$image")
      took=
      for _ in $(seq 600); do
        took=$(docker logs "$id" 2>&1 | sed -nE 's/.*channels in .* ([0-9]+) milliseconds since JVM.*/\1/p')
        [ -z "$took" ] || break
        sleep 0.1
      done
      docker rm -f "$id" >/dev/null
      times+=("${took:-99999}")
    done
    median=$(printf '%s\n' "${times[@]}" | sort -n | sed -n 3p)
    size=$(docker image inspect -f '{{.Size}}' "$image")
    printf '%-15s %-6s %5d MB %7d ms\n' "$service" "$tag" $((size / 1000000)) "$median"
  done
done
