// A brain of your own in the place of ours: implements voiceagent.v1.Brain.Converse. See docs/own-brain.md.
//
//   PORT=7862 PROTO_DIR=proto/src/main/protobuf node server.mjs
import grpc from '@grpc/grpc-js';
import loader from '@grpc/proto-loader';

const PROTO_DIR = process.env.PROTO_DIR ?? '../../../../../proto/src/main/protobuf';
const definition = loader.loadSync('voiceagent/v1/brain.proto',
  { includeDirs: [PROTO_DIR], keepCase: true, longs: Number, enums: String, oneofs: true, defaults: true });
const { Brain } = grpc.loadPackageDefinition(definition).voiceagent.v1;

// What this brain knows of a call. It travels as the checkpoint, so that another replica can go on from it.
const fresh = () => ({ heard: [], questions: 0 });

function converse(stream) {
  let state = fresh();
  let agent;
  let live = 0; // the reply that is being made; what others would say is dropped
  let timer;

  const checkpoint = () => stream.write({ checkpoint: { state: Buffer.from(JSON.stringify(state)) } });

  function answer(reply, text) {
    // Clauses go out as they are made; here one each 30 ms. Put together as they are they are the text.
    const clauses = text.split(/(?<=[.?!] )/);
    let index = 0;
    live = reply;
    const next = () => {
      if (live !== reply) return;
      const last = index === clauses.length - 1;
      stream.write({ clause: { reply, clause: index, text: clauses[index], last, kind: 'CLAUSE_KIND_ANSWER' } });
      index += 1;
      if (!last) timer = setTimeout(next, 30);
      else {
        if (/goodbye/i.test(text)) {
          checkpoint(); // before each side effect
          stream.write({ action: { id: `hang-up-${reply}`, reply, hang_up: { reason: 'agent' } } });
        }
        stream.write({ done: { reply, route: 'own-brain' } });
      }
    };
    next();
  }

  stream.on('data', (request) => {
    switch (request.message) {
      case 'open': {
        agent = request.open.agent;
        const saved = request.open.checkpoint;
        if (saved?.length) state = JSON.parse(saved.toString());
        stream.write({ opened: { contract_version: 1, replica: `own-brain-${process.pid}`, capabilities: [] } });
        break;
      }
      case 'utterance': {
        const { reply, text } = request.utterance;
        state.questions += 1;
        answer(reply, /bye/i.test(text)
          ? 'Thank you for calling. Goodbye!'
          : `This is ${agent.name}. You asked ${state.questions} times so far. The last was: ${text}.`);
        break;
      }
      case 'cancel':
        if (live === request.cancel.reply) {
          live = 0;
          clearTimeout(timer);
        }
        break;
      case 'played':
        if (request.played.heard) state.heard.push(request.played.heard);
        checkpoint(); // one for each played, said, dtmf and action_result, in order
        break;
      case 'said':
        state.heard.push(request.said.text);
        checkpoint();
        break;
      case 'dtmf':
      case 'action_result':
        checkpoint();
        break;
      case 'close':
        live = 0;
        clearTimeout(timer);
        stream.end();
        break;
      default: // commit, update, and what a later contract may bring
    }
  });
  stream.on('end', () => stream.end());
  stream.on('error', () => clearTimeout(timer));
}

const server = new grpc.Server({ 'grpc.keepalive_permit_without_calls': 1, 'grpc.http2.min_ping_interval_without_data_ms': 1000 });
server.addService(Brain.service, { Converse: converse });
const address = `${process.env.BIND_ADDRESS ?? '127.0.0.1'}:${process.env.PORT ?? 7862}`;
server.bindAsync(address, grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  console.log(`own brain on port ${port}`);
  if (process.argv.includes('--check')) server.forceShutdown();
});
