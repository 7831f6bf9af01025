#!/bin/bash
# Makes the gateway's own phrases: raw G.711 mu-law, 8000 Hz, mono. The texts are those of `Clips.Name`.
# Debian packages: sox festival festvox-us-slt-hts
set -euo pipefail
cd "$(dirname "$0")"
out=${1:-.}; t=$(mktemp -d); trap 'rm -rf "$t"' EXIT
# -R: the same dither each time, so that the same text gives the same file.
sox() { command sox -R "$@"; }
# Telephone band, -3 dBFS peak, the voice's own silence cut to 40 ms before and 100 ms after.
clip() {
  printf '%s\n' "$2" >"$t/in.txt"
  text2wave -eval '(voice_cmu_us_slt_arctic_hts)' "$t/in.txt" -o "$t/spoken.wav"
  sox "$t/spoken.wav" "$t/cut.wav" silence 1 0.01 0.5% reverse silence 1 0.01 0.5% reverse
  sox "$t/cut.wav" -r 8000 -c 1 -e mu-law -b 8 -t raw "$out/$1.ulaw" gain -6 rate 8000 highpass 250 gain -n -3 pad 0.04 0.1
}
clip greeting "Hello, and thank you for calling. How can I help you?"
clip prompt "Are you still there?"
clip goodbye "I can not hear you, so I will end the call now. Goodbye."
clip time-warning "This call will end in half a minute."
clip time-limit "We have reached the time limit of this call. Thank you for calling. Goodbye."
clip filler "One moment, please."
clip resumed "I am sorry, we were cut off for a moment. Please go on."
clip apology "I am sorry, I could not answer that. Please say it again."
clip stage-down "I am sorry, we have a technical problem. One moment, please."
clip trouble "I am sorry, we have a technical problem. Please call again later. Goodbye."
