// Transcribes a recording of raw mu-law over both of Deepgram's streaming APIs with Deepgram's own SDK, and prints
// what was heard: one JSON line an API.
import { readFileSync } from "node:fs";
import { DeepgramClient } from "@deepgram/sdk";

const { DEEPGRAM_URL: url, DEEPGRAM_API_KEY: apiKey, RECORDING: recording } = process.env;
const client = new DeepgramClient({
  apiKey,
  environment: { base: url.replace("ws", "http"), production: url, agent: url, agentRest: url.replace("ws", "http") },
});
const silence = Buffer.alloc(8000 * 2, 0xff);
const audio = Buffer.concat([silence.subarray(0, 4000), readFileSync(recording), silence]);

const within = (ms, what, promise) =>
  Promise.race([
    promise,
    new Promise((_, fail) => setTimeout(() => fail(new Error(`${what}: not within ${ms} ms`)), ms).unref()),
  ]);

// Sends it all in messages of so many bytes, says CloseStream, and waits until the server has closed.
async function transcribe(socket, bytes, heard) {
  const closed = new Promise((done, fail) => {
    socket.on("message", heard);
    socket.on("error", fail);
    socket.on("close", done);
  });
  socket.connect();
  await within(10_000, "open", socket.waitForOpen());
  for (let at = 0; at < audio.length; at += bytes) {
    socket.sendMedia(audio.subarray(at, at + bytes));
  }
  socket.sendCloseStream({ type: "CloseStream" });
  return (await within(20_000, "closed", closed)).code;
}

async function v1() {
  const socket = await client.listen.v1.connect({
    model: "nova-3",
    language: "en-US",
    encoding: "mulaw",
    sample_rate: 8000,
    interim_results: "true",
    endpointing: 300,
    utterance_end_ms: 1000,
    vad_events: "true",
    smart_format: "true",
    keyterm: ["Acme Corp"],
    reconnectAttempts: 0,
  });
  const finals = [];
  const types = new Set();
  const code = await transcribe(socket, 800, (message) => {
    types.add(message.type);
    const text = message.type === "Results" && message.is_final && message.channel.alternatives[0].transcript;
    if (text) finals.push(text);
  });
  return { api: "v1", transcript: finals.join(" "), code, types: [...types].sort() };
}

async function v2() {
  const socket = await client.listen.v2.connect({
    model: "flux-general-en",
    encoding: "mulaw",
    sample_rate: 8000,
    eot_threshold: 0.7,
    eager_eot_threshold: 0.5,
    eot_timeout_ms: 5000,
    keyterm: ["Acme Corp"],
    reconnectAttempts: 0,
  });
  const turns = [];
  const types = new Set();
  const code = await transcribe(socket, 640, (message) => {
    types.add(message.event ?? message.type);
    if (message.event === "EndOfTurn") turns.push(message.transcript);
  });
  return { api: "v2", transcript: turns.join(" "), code, types: [...types].sort() };
}

for (const run of [v1, v2]) {
  console.log(JSON.stringify(await run()));
}
process.exit(0);
