// Speaks through the official SDK, unmodified: contexts with continuations, word times, flush, two contexts at once,
// cancel, errors. Prints one JSON line; the JUnit test compares it with what the simulator spoke.
import { createRequire } from 'node:module';
import assert from 'node:assert';
import { createHash } from 'node:crypto';

const { Cartesia } = createRequire(import.meta.url)('@cartesia/cartesia-js');

const client = new Cartesia({ apiKey: process.env.CARTESIA_API_KEY, baseURL: process.env.CARTESIA_BASE_URL });
const format = { container: 'raw', encoding: 'pcm_mulaw', sample_rate: 8000 };
const base = { model_id: 'sonic-3', voice: { id: process.env.CARTESIA_VOICE_ID }, output_format: format, language: 'en' };

const ws = await client.tts.websocket();
ws.on('error', () => {}); // told by the iterators too

async function hear(context) {
  const heard = { audio: [], words: [], ends: [], flushes: 0, done: 0 };
  for await (const event of context.receive({ timeout: 10_000 })) {
    if (event.type === 'chunk') heard.audio.push(Buffer.from(event.audio));
    if (event.type === 'timestamps') {
      heard.words.push(...event.word_timestamps.words);
      heard.ends.push(...event.word_timestamps.end);
    }
    if (event.type === 'flush_done') heard.flushes++;
    if (event.type === 'done') heard.done++;
  }
  const audio = Buffer.concat(heard.audio);
  return { ...heard, audio: undefined, bytes: audio.length, sha256: createHash('sha256').update(audio).digest('hex') };
}

// One context, clause by clause.
const reply = ws.context({ ...base, contextId: 'reply', add_timestamps: true, max_buffer_delay_ms: 0 });
await reply.push({ transcript: 'Sure, I can help with that. ' });
await reply.push({ transcript: 'What day suits you?' });
await reply.no_more_inputs();
const spoken = await hear(reply);
assert.equal(spoken.words.join(' '), 'Sure, I can help with that. What day suits you?');
assert.equal(spoken.done, 1);
assert.ok(spoken.ends.every((end, i) => i === 0 || end >= spoken.ends[i - 1]));

// Buffered text that a flush releases; meanwhile another context.
const flushed = ws.context({ ...base, contextId: 'flushed', max_buffer_delay_ms: 5000 });
const other = ws.context({ ...base, contextId: 'other', max_buffer_delay_ms: 0 });
await flushed.push({ transcript: 'One moment, please. ', flush: true });
await other.push({ transcript: 'Meanwhile.' });
await other.no_more_inputs();
await flushed.push({ transcript: 'Thank you.' });
await flushed.no_more_inputs();
const [ofFlushed, ofOther] = await Promise.all([hear(flushed), hear(other)]);
assert.equal(ofFlushed.flushes, 1);
assert.ok(ofOther.bytes > 0);

// A context that is cancelled says nothing to its iterator any more.
const cancelled = ws.context({ ...base, contextId: 'cancelled', max_buffer_delay_ms: 0 });
await cancelled.push({ transcript: 'Nobody hears this to its end, since it is cancelled on the way. ' });
await cancelled.cancel();

// What is wrong is told as an error, and the socket goes on.
const wrong = ws.context({ ...base, contextId: 'wrong', model_id: 'sonic-english' });
await wrong.push({ transcript: 'Hello.' });
await assert.rejects(hear(wrong), /retired/);
let once = 0;
for await (const event of ws.generate({ ...base, transcript: 'And once more.', continue: false })) {
  if (event.type === 'chunk') once += event.audio.length;
}
assert.ok(once > 0);
ws.close();

// A key that is not valid opens no socket.
const stranger = new Cartesia({ apiKey: 'wrong', baseURL: process.env.CARTESIA_BASE_URL });
await assert.rejects(stranger.tts.websocket(), (error) => /401/.test(error.message));

console.log(JSON.stringify({ reply: spoken, flushed: ofFlushed, other: ofOther }));
process.exit(0);
