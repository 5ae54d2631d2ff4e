import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { ValidationError } from '../../../core/errors.ts';
import { keyObjectOf, publicJwk, readPublicKey } from '../../../core/report/public-key.ts';

/** The key of RFC 8037, appendix A, and its thumbprint. */
const X = '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo';
const KID = 'kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k';

const RULE =
  'public_key must be an Ed25519 public key as a JWK ({"kty":"OKP","crv":"Ed25519","x":"…"}) or in PEM (-----BEGIN PUBLIC KEY-----): npm run edge -- key prints it.';
const SMALL =
  'public_key is a point of small order, which no key pair has: send the public key that npm run edge -- key prints.';
const PRIVATE =
  'public_key is a private key: it must never leave the edge. Make a new key pair there, and send the public key that npm run edge -- key prints.';

const jwk = (more: object = {}) => JSON.stringify({ kty: 'OKP', crv: 'Ed25519', x: X, ...more });
const pem = keyObjectOf(X).export({ type: 'spki', format: 'pem' }).toString();
const privatePem = (kind: 'ed25519' | 'x25519') =>
  generateKeyPairSync(kind as 'ed25519')
    .privateKey.export({ type: 'pkcs8', format: 'pem' })
    .toString();
const ofHex = (hex: string) => jwk({ x: Buffer.from(hex, 'hex').toString('base64url') });

describe('a public key', () => {
  it.each([
    ['a JWK', jwk()],
    ['a JWK with more fields', jwk({ use: 'sig', kid: 'other' })],
    ['PEM', pem],
    ['PEM with blanks around it', `\n  ${pem}\n\n`],
  ])('is read from %s', async (_, text) => {
    expect(await readPublicKey(text)).toEqual({ kid: KID, x: X });
  });

  it('is written in the form in which it is read', async () => {
    const key = { kid: KID, x: X };
    expect(publicJwk(key)).toEqual({
      kty: 'OKP',
      crv: 'Ed25519',
      x: X,
      kid: KID,
      alg: 'Ed25519',
      use: 'sig',
    });
    expect(await readPublicKey(JSON.stringify(publicJwk(key)))).toEqual(key);
  });

  it.each([
    ['no JSON', 'x', RULE],
    ['null', 'null', RULE],
    ['a number', '7', RULE],
    ['another type', jwk({ kty: 'EC' }), RULE],
    ['another curve', jwk({ crv: 'X25519' }), RULE],
    ['no x', jwk({ x: undefined }), RULE],
    ['an x that is not a string', jwk({ x: [X] }), RULE],
    ['an x that is too short', jwk({ x: X.slice(1) }), RULE],
    ['an x with bits left over', jwk({ x: `${X.slice(0, -1)}B` }), RULE],
    ['broken PEM', pem.replace(/[A-Za-z0-9]{20}/, 'A'), RULE],
    ['PEM of another curve', pem.replace('MCowBQYDK2Vw', 'MCowBQYDK2Vu'), RULE],
    ['a private JWK', jwk({ d: 'secret' }), PRIVATE],
    ['a private key in PEM', privatePem('ed25519'), PRIVATE],
    ['a private key of another curve', privatePem('x25519'), PRIVATE],
    ['PEM followed by a private key', `${pem}-----BEGIN PRIVATE KEY-----`, RULE],
    ['zeros', ofHex('00'.repeat(32)), SMALL],
    ['the point of order 1', ofHex(`01${'00'.repeat(31)}`), SMALL],
    ['the same with the sign bit', ofHex(`01${'00'.repeat(30)}80`), SMALL],
    ['the point of order 2', ofHex(`ec${'ff'.repeat(30)}7f`), SMALL],
    ['0 as it may also be written', ofHex(`ed${'ff'.repeat(30)}7f`), SMALL],
    ['1 as it may also be written', ofHex(`ee${'ff'.repeat(30)}7f`), SMALL],
  ])('is rejected: %s', async (_, text, message) => {
    const error = await readPublicKey(text).then(
      () => expect.fail('it was taken'),
      (cause: unknown) => cause as ValidationError,
    );
    expect(error).toBeInstanceOf(ValidationError);
    expect(error.message).toBe(message);
    expect(error.fields.map(({ argument }) => argument)).toEqual(['public_key']);
  });
});
