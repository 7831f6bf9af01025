// What an application does with Groq's own SDK, against the simulator: it knows nothing of it but the base URL.
import assert from 'node:assert/strict';
import Groq from 'groq-sdk';

const client = new Groq({ maxRetries: 0 }); // GROQ_API_KEY, GROQ_BASE_URL
const model = 'openai/gpt-oss-20b';
const messages = [{ role: 'system', content: 'You are Sesame, who answers at Sesame AI.' },
                  { role: 'user', content: 'Hello, who am I speaking with?' }];

async function refusal(promise) {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  assert.fail('expected an error');
}

const list = await client.models.list();
assert.ok(list.data.some((m) => m.id === model && m.active && m.context_window === 131072));
assert.equal((await client.models.retrieve(model)).owned_by, 'OpenAI');
assert.ok((await refusal(client.models.retrieve('gemma2-9b-it'))) instanceof Groq.NotFoundError);
console.log('models ok');

const whole = await client.chat.completions.create({ model, messages });
assert.match(whole.choices[0].message.content, /Sesame from Sesame AI/);
assert.equal(whole.choices[0].finish_reason, 'stop');
assert.ok(whole.usage.total_tokens > 0);
console.log('whole ok');

const stream = await client.chat.completions.create({ model, messages, stream: true });
let text = '';
let last;
let first;
for await (const chunk of stream) {
  first ??= chunk;
  text += chunk.choices[0]?.delta?.content ?? '';
  last = chunk;
}
assert.equal(text, whole.choices[0].message.content);
assert.match(first.x_groq.id, /^req_/);
assert.equal(last.choices[0].finish_reason, 'stop');
assert.deepEqual(last.usage, last.x_groq.usage);
console.log('stream ok');

const tools = [{ type: 'function', function: { name: 'opening_hours', description: 'Hours of a day.',
  parameters: { type: 'object', properties: { day: { type: 'string' } }, required: ['day'] } } }];
const asking = [...messages, { role: 'user', content: 'tool: opening_hours {"day":"sunday"}' }];
const calls = [];
for await (const chunk of await client.chat.completions.create({ model, messages: asking, tools, stream: true })) {
  calls.push(...(chunk.choices[0]?.delta?.tool_calls ?? []));
}
assert.equal(calls[0].function.name, 'opening_hours');
assert.deepEqual(JSON.parse(calls.map((c) => c.function.arguments).join('')), { day: 'sunday' });
const answered = await client.chat.completions.create({ model, tools, messages: [...asking,
  { role: 'assistant', tool_calls: calls.slice(0, 1) },
  { role: 'tool', tool_call_id: calls[0].id, content: 'closed' }] });
assert.ok(answered.choices[0].message.content);
console.log('tools ok');

const aborted = await client.chat.completions.create({ model, messages, stream: true });
for await (const _ of aborted) {
  break; // closes the connection: the simulator reports it
}
console.log('abort ok');

const wrong = [
  [{ model: 'llama-3.1-8b-instant', messages }, 404, Groq.NotFoundError, 'model_not_found'],
  [{ model, messages, n: 2 }, 400, Groq.BadRequestError],
  [{ model, messages, tools: [] }, 400, Groq.BadRequestError],
  [{ model, messages, reasoning_effort: 'none' }, 400, Groq.BadRequestError],
  [{ model, messages: [] }, 400, Groq.BadRequestError],
];
for (const [body, status, type, code] of wrong) {
  const error = await refusal(client.chat.completions.create(body));
  assert.ok(error instanceof type, `${error}`);
  assert.equal(error.status, status);
  if (code) assert.equal(error.error.error.code, code);
}
const badKey = await refusal(new Groq({ apiKey: 'gsk_wrong', maxRetries: 0 }).models.list());
assert.ok(badKey instanceof Groq.AuthenticationError);
console.log('errors ok');

// The test has set what the next requests meet: a rate limit, then an error within a stream.
const limited = await refusal(client.chat.completions.create({ model, messages: [{ role: 'user', content: 'limit' }] }));
assert.ok(limited instanceof Groq.RateLimitError);
assert.ok(Number(limited.headers.get('retry-after')) > 0);
const broken = await client.chat.completions.create({ model, messages: [{ role: 'user', content: 'break' }], stream: true });
const midway = await refusal((async () => { for await (const _ of broken); })());
assert.match(`${midway.message} ${JSON.stringify(midway.error ?? {})}`, /tool_use_failed/);
console.log('rate limit and broken stream ok');

// With the SDK's own retries a passing limit is not seen.
const retried = await new Groq({ maxRetries: 2 }).chat.completions.create({ model, messages });
assert.ok(retried.choices[0].message.content);
console.log('retry ok');
