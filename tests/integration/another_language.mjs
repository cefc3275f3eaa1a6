// The main job by a client that was written from the protos alone, in another language: gRPC of grpc-js, keys of
// Node's own crypto. Ends with 0 and one line for each thing that held; any failure is thrown.
//
//   node another_language.mjs ADDRESS ROOT_CERTIFICATE MENTORS_ACTIVATION_CODE
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);
const grpc = require('@grpc/grpc-js');
const loader = require('@grpc/proto-loader');

const [address, rootCertificate, mentorsCode] = process.argv.slice(2);
const protos = path.join(path.dirname(fileURLToPath(import.meta.url)), '../../proto');
const definition = loader.loadSync(
  ['brug/v1/enrolment_service.proto', 'brug/v1/caseload_service.proto', 'brug/v1/sync_service.proto'],
  { includeDirs: [protos], keepCase: true, longs: String, enums: String, defaults: true, oneofs: true });
const { brug } = grpc.loadPackageDefinition(definition);
const credentials = grpc.credentials.createSsl(fs.readFileSync(rootCertificate));

// What a device signs: purpose, a zero byte, each field after its length in four bytes.
function proof(purpose, fields) {
  const parts = [Buffer.from(`${purpose}\0`)];
  for (const field of fields) {
    const bytes = Buffer.from(field);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    parts.push(length, bytes);
  }
  return Buffer.concat(parts);
}

function uuidV7() {
  const bytes = crypto.randomBytes(16);
  bytes.writeUIntBE(Date.now(), 0, 6);
  bytes[6] = 0x70 | (bytes[6] & 0x0f);
  bytes[8] = 0x80 | (bytes[8] & 0x3f);
  return bytes.toString('hex').replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, '$1-$2-$3-$4-$5');
}

function dateOf(day) {
  return { year: day.getUTCFullYear(), month: day.getUTCMonth() + 1, day: day.getUTCDate() };
}

class Device {
  keys = crypto.generateKeyPairSync('ec', { namedCurve: 'P-256' });
  metadata = new grpc.Metadata();
  sequence = 0;

  call(Service, method, request) {
    const client = new Service(address, credentials);
    return new Promise((resolve, reject) => {
      client[method](request, this.metadata, { deadline: Date.now() + 20_000 },
        (error, response) => { client.close(); error ? reject(error) : resolve(response); });
    });
  }

  sign(message) {
    return crypto.sign('sha256', message, { key: this.keys.privateKey, dsaEncoding: 'ieee-p1363' });
  }

  async enrol(code) {
    const { EnrolmentService } = brug.v1;
    const publicKey = this.keys.publicKey.export({ type: 'spki', format: 'der' });
    const { nonce } = await this.call(EnrolmentService, 'GetNonce', {});
    this.enrolled = await this.call(EnrolmentService, 'Enrol', {
      activation_code: code, public_key: publicKey, nonce, device_name: 'telefoon',
      signature: this.sign(proof('brug.v1.Enrol', [nonce, publicKey, code.replaceAll('-', '')])),
    });
    const { organisation_id, device: { device_id } } = this.enrolled;
    const fresh = await this.call(EnrolmentService, 'GetNonce', {});
    const session = await this.call(EnrolmentService, 'OpenSession', {
      device_id, organisation_id, nonce: fresh.nonce,
      signature: this.sign(proof('brug.v1.OpenSession', [fresh.nonce, organisation_id, device_id])),
    });
    this.metadata.set('authorization', `Bearer ${session.access_token}`);
    this.metadata.set('accept-language', 'nl');
  }

  mutation(dossierId, intent) {
    return {
      mutation_id: uuidV7(), dossier_id: dossierId, epoch: 1, sequence: ++this.sequence,
      occurred_at: { seconds: Math.floor(Date.now() / 1000) }, ...intent,
    };
  }

  sync(request = {}) { return this.call(brug.v1.SyncService, 'Sync', request); }
}

const mentor = new Device();
await mentor.enrol(mentorsCode);
console.log('a mentor enrolled');

// What the organisation signed is checked with the key that came with the enrolment.
const { statement, organisation_keys: keys } = mentor.enrolled;
const key = keys.find(({ key_id: id }) => id === statement.key_id);
assert.equal(key.purpose, 'KEY_PURPOSE_STATEMENT');
const organisationKey = crypto.createPublicKey({ key: key.public_key, type: 'spki', format: 'der' });
const signed = Buffer.concat([Buffer.from('brug.v1.Statement\0'), statement.content]);
const verify = (bytes) =>
  crypto.verify('sha256', bytes, { key: organisationKey, dsaEncoding: 'ieee-p1363' }, statement.signature);
assert.ok(verify(signed));
assert.ok(!verify(Buffer.concat([signed, Buffer.from([0])])));
console.log('the statement of it verifies');

const registered = await mentor.call(brug.v1.CaseloadService, 'RegisterClient',
  { request_id: crypto.randomUUID(), display_name: 'Samira' });
const client = new Device();
await client.enrol(registered.activation_code);
assert.equal(client.enrolled.dossier_id, registered.dossier_id);
console.log('a client enrolled');

const [goalId, stepId, today] = [crypto.randomUUID(), crypto.randomUUID(), new Date()];
const later = new Date(today.getTime() + 3 * 86_400_000);
const tick = (day) => ({ tick_step: { step_id: stepId, date: dateOf(day), state: 'TICK_STATE_DONE' } });
const goal = { domain_id: 'housing', title: 'Ik houd mijn huis', rank: 'V00000000' };
const step = {
  goal_id: goalId, title: 'Post openen', rank: 'V00000000', recurrence: { every_days: { days: 1 } },
  begins_on: dateOf(today),
};
const pushed = await client.sync({
  mutations: [
    { create_goal: { goal_id: goalId, goal } }, { create_step: { step_id: stepId, step } },
    { formulate_plan: { goal_id: goalId } }, tick(today), tick(later),
  ].map((intent) => client.mutation(registered.dossier_id, intent)),
});
assert.deepEqual(pushed.outcomes.map(({ result }) => result),
  ['applied', 'applied', 'applied', 'applied', 'rejected']);
assert.deepEqual(pushed.outcomes[4].rejected, { reason: 'ERROR_REASON_IN_THE_FUTURE', field: 'tick_step.date' });
console.log('a plan was made and a step ticked; a tick of another day came back with its reason');

const { pages } = await mentor.sync();
const records = pages.flatMap((page) => page.records);
assert.ok(records.some((record) => record.tick?.step_id === stepId && record.tick.state === 'TICK_STATE_DONE'));
console.log('the mentor sees the tick');

await assert.rejects(client.call(brug.v1.CaseloadService, 'ListCaseload', {}),
  ({ code }) => code === grpc.status.PERMISSION_DENIED);
console.log('what a client may not do is refused');
