// Twilio's own helper library, unmodified, between our gateway and our simulated Twilio.
// Its validator judges what the simulated caller signs; the gateway judges what it signs; its REST
// client, with a request client of its own documented kind, talks to the simulated REST API.
import assert from 'node:assert/strict';
import http from 'node:http';
import crypto from 'node:crypto';
import twilio from 'twilio';

const { GATEWAY, PUBLIC_HOST, TWILIO_API_URL, ACCOUNT_SID, AUTH_TOKEN, SIGNED } = process.env;

const checks = {
  // Requests of the simulated caller, as they came: url, form and signature.
  async validatesWhatOurCallerSigns() {
    const requests = JSON.parse(SIGNED);
    assert.ok(requests.some((r) => r.kind === 'webhook'), 'a webhook');
    assert.ok(requests.some((r) => r.kind === 'handshake'), 'a handshake');
    for (const { kind, url, form, signature } of requests) {
      assert.ok(twilio.validateRequest(AUTH_TOKEN, signature, url, form), `${kind} ${url}`);
      assert.ok(!twilio.validateRequest('another', signature, url, form), `${kind} by another key`);
      assert.ok(!twilio.validateRequest(AUTH_TOKEN, signature, url + 'x', form), `${kind} elsewhere`);
    }
    return `${requests.length} requests`;
  },

  async gatewayAcceptsWhatItSigns() {
    const form = {
      CallSid: 'CA' + crypto.randomBytes(16).toString('hex'),
      AccountSid: ACCOUNT_SID,
      From: '+15005550006',
      To: '+15005550001',
      CallerName: ' J\u00f6rg & Co ',
      Empty: '',
    };
    const url = `https://${PUBLIC_HOST}/incoming-call`;
    const signature = twilio.getExpectedTwilioSignature(AUTH_TOKEN, url, form);
    const honest = await post('/incoming-call', form, signature);
    assert.equal(honest.status, 200);
    assert.match(honest.body, /<Connect><Stream url="wss:\/\//);
    const forged = await post('/incoming-call', { ...form, From: '+15005550666' }, signature);
    assert.equal(forged.status, 403);

    const query = `/incoming-call?CallSid=${form.CallSid}&From=%2B15005550006&To=%2B15005550001`;
    const get = await request('GET', query, {
      'x-twilio-signature': twilio.getExpectedTwilioSignature(
        AUTH_TOKEN, `https://${PUBLIC_HOST}${query}`, {}),
    });
    assert.equal(get.status, 200);

    for (const suffix of ['', '/']) {
      const signed = twilio.getExpectedTwilioSignature(
        AUTH_TOKEN, `wss://${PUBLIC_HOST}/ws${suffix}`, {});
      assert.equal(await handshake(signed), 101, `signed with "${suffix}"`);
    }
    const other = twilio.getExpectedTwilioSignature(AUTH_TOKEN, 'wss://evil.example.com/ws', {});
    assert.equal(await handshake(other), 403);
    return '2 webhooks, 2 handshakes';
  },

  async restClientWorks() {
    const client = twilio(ACCOUNT_SID, AUTH_TOKEN, { httpClient: new ToSimulator() });
    const account = await client.api.v2010.accounts(ACCOUNT_SID).fetch();
    assert.equal(account.status, 'active');

    const made = await client.calls.create({
      to: '+15005550042',
      from: '+15005550001',
      url: `https://${PUBLIC_HOST}/incoming-call`,
      statusCallback: `https://${PUBLIC_HOST}/call-status`,
      statusCallbackEvent: ['initiated', 'answered', 'completed'],
      machineDetection: 'Enable',
      asyncAmd: 'true',
      asyncAmdStatusCallback: `https://${PUBLIC_HOST}/call-status`,
    });
    assert.match(made.sid, /^CA[0-9a-f]{32}$/);
    assert.equal(made.status, 'queued');
    await until(async () => (await client.calls(made.sid).fetch()).status === 'in-progress');
    const listed = await client.calls.list({ status: 'in-progress' });
    assert.ok(listed.some((c) => c.sid === made.sid));

    const recording = await client.calls(made.sid).recordings.create({ recordingChannels: 'dual' });
    assert.equal(recording.status, 'in-progress');
    const paused = await client.calls(made.sid).recordings('Twilio.CURRENT')
      .update({ status: 'paused' });
    assert.equal(paused.status, 'paused');
    assert.equal((await client.calls(made.sid).recordings.list()).length, 1);

    const ended = await client.calls(made.sid).update({ status: 'completed' });
    assert.equal(ended.status, 'completed');
    await assert.rejects(client.calls(made.sid).update({ status: 'completed' }),
      (e) => e.code === 21220 && e.status === 400);
    await assert.rejects(client.calls('CA' + '0'.repeat(32)).fetch(),
      (e) => e.code === 20404 && e.status === 404);
    const stranger = twilio(ACCOUNT_SID, 'another', { httpClient: new ToSimulator() });
    await assert.rejects(stranger.calls(made.sid).fetch(), (e) => e.status === 401);
    return 'account, create, fetch, list, record, pause, end, three errors';
  },
};

// The documented way to send the library's requests elsewhere: a request client of one's own.
class ToSimulator extends twilio.RequestClient {
  request(options) {
    return super.request({
      ...options,
      uri: options.uri.replace('https://api.twilio.com', TWILIO_API_URL),
    });
  }
}

function post(path, form, signature) {
  return request('POST', path, {
    'content-type': 'application/x-www-form-urlencoded',
    'x-twilio-signature': signature,
  }, new URLSearchParams(form).toString());
}

async function request(method, path, headers, body) {
  const answer = await fetch(GATEWAY + path, { method, headers, body });
  return { status: answer.status, body: await answer.text() };
}

function handshake(signature) {
  return new Promise((resolve, reject) => {
    const asked = http.request(`${GATEWAY}/ws`, {
      headers: {
        connection: 'Upgrade',
        upgrade: 'websocket',
        'sec-websocket-version': '13',
        'sec-websocket-key': crypto.randomBytes(16).toString('base64'),
        'x-twilio-signature': signature,
      },
    });
    asked.on('upgrade', (answer, socket) => { socket.destroy(); resolve(answer.statusCode); });
    asked.on('response', (answer) => { answer.resume(); resolve(answer.statusCode); });
    asked.on('error', reject);
    asked.end();
  });
}

async function until(condition) {
  const end = Date.now() + 20000;
  while (!(await condition())) {
    assert.ok(Date.now() < end, 'waited 20 s');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

for (const [name, check] of Object.entries(checks)) {
  console.log(`${name}: ${await check()}`);
}
process.exit(0);
