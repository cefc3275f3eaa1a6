// Reads a voucher's token with npm's jose, which shares no line of code with Brug, and makes one of its own.
//
//   node voucher_token.mjs FOLDER     with FOLDER/token and FOLDER/jwks.json
//
// Writes one JSON object: header and payload of the token, the error of a changed one, and the own token with
// its key set.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const { SignJWT, calculateJwkThumbprint, createLocalJWKSet, exportJWK, generateKeyPair, jwtVerify } =
  createRequire(new URL('../package.json', import.meta.url))('jose');

const folder = process.argv[2];
const token = readFileSync(`${folder}/token`, 'utf8');
const keys = createLocalJWKSet(JSON.parse(readFileSync(`${folder}/jwks.json`, 'utf8')));
const rules = { algorithms: ['ES256'], typ: 'brug-voucher+jwt', currentDate: new Date(1795300000000) };
const { payload, protectedHeader } = await jwtVerify(token, keys, rules);

const [head, body, signature] = token.split('.');
const dearer = Buffer.from(JSON.stringify({ ...payload, cents: 6000 })).toString('base64url');
const changed = await jwtVerify(`${head}.${dearer}.${signature}`, keys, rules).then(
  () => 'accepted',
  (error) => error.code,
);

const { publicKey, privateKey } = await generateKeyPair('ES256');
const jwk = await exportJWK(publicKey);
const kid = await calculateJwkThumbprint(jwk);
const own_token = await new SignJWT({ ...payload, cents: 2500 })
  .setProtectedHeader({ alg: 'ES256', typ: 'brug-voucher+jwt', kid })
  .sign(privateKey);

console.log(
  JSON.stringify({ header: protectedHeader, payload, changed, own_token, own_jwks: { keys: [{ ...jwk, kid }] } }),
);
