import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { keyObjectOf, publicJwk, readPublicKey, thumbprint } from '../../../core/report/public-key.ts';
import { recordSigner } from '../../../core/report/sign-record.ts';
import { isSigned, isSignedBy, readSignedRecord, signedSize } from '../../../core/report/signed-record.ts';
import { keyOfSeed, signByHand, type TestKey, testKey } from '../../support/edge-keys.ts';

const key = await testKey('a');
const PAYLOAD = Buffer.from('{"v":1}');

describe('RFC 8037, appendix A', () => {
  const x = '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo';
  const seed = Buffer.from('nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A', 'base64url');
  const signed = 'eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc';
  const signature = 'hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg';

  it('gives our public key and thumbprint', async () => {
    expect((await keyOfSeed(seed)).x).toBe(x);
    expect(await thumbprint(x)).toBe('kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k');
  });

  it('gives our signature', async () => {
    const record = {
      kid: '',
      payload: Buffer.of(),
      signed: Buffer.from(signed),
      signature: Buffer.from(signature, 'base64url'),
    };
    expect(isSignedBy(keyObjectOf(x), record)).toBe(true);
    const made = signByHand(Buffer.from('Example of Ed25519 signing'), await keyOfSeed(seed), {
      header: { alg: 'EdDSA' },
    });
    expect(made.toString()).toBe(`${signed}.${signature}`);
  });
});

describe('a signed record', () => {
  it.each(['Ed25519', 'EdDSA'])('is read and verified with alg %s', alg => {
    const record = readSignedRecord(signByHand(PAYLOAD, key, { header: { alg, kid: key.kid, typ: 'x' } }));
    expect(record.kid).toBe(key.kid);
    expect(Buffer.from(record.payload)).toEqual(PAYLOAD);
    expect(isSignedBy(keyObjectOf(key.x), record)).toBe(true);
  });

  it('is the one that an edge makes with jose', async () => {
    const made = await recordSigner(key)(PAYLOAD);
    expect(Buffer.from(made).toString()).toBe(signByHand(PAYLOAD, key).toString());
  });

  it('is no longer valid after a change of any byte', () => {
    const jws = signByHand(PAYLOAD, key);
    for (let at = 0; at < jws.length; at++) {
      const changed = Buffer.from(jws);
      changed[at] = jws[at] === 0x41 ? 0x42 : 0x41;
      const accepted = () => isSigned(changed) && isSignedBy(keyObjectOf(key.x), readSignedRecord(changed));
      let holds: boolean;
      try {
        holds = accepted();
      } catch {
        holds = false;
      }
      // The last character of a signature has four bits that say nothing.
      if (at < jws.length - 1) expect(holds, `byte ${at}`).toBe(false);
    }
  });

  it('is not valid with another key', async () => {
    const other = await testKey('b');
    const record = readSignedRecord(signByHand(PAYLOAD, other, { header: { alg: 'Ed25519', kid: key.kid } }));
    expect(isSignedBy(keyObjectOf(key.x), record)).toBe(false);
  });

  it('may have a header of 1024 characters', () => {
    const parameters = JSON.stringify({ alg: 'Ed25519', kid: key.kid, x: '' });
    const most = parameters.replace('""', `"${'y'.repeat(768 - parameters.length)}"`);
    const jws = signByHand(PAYLOAD, key, { header: most });
    expect(jws.indexOf('.')).toBe(1024);
    expect(readSignedRecord(jws).kid).toBe(key.kid);
  });

  it('is rejected with the error of its header', () => {
    expect(() => readSignedRecord(signByHand(PAYLOAD, key, { header: '{' }))).toThrow(
      expect.objectContaining({ cause: expect.any(SyntaxError) }),
    );
  });

  /** A header with a byte that UTF-8 doesn't have, JSON in all else. */
  const notUtf8 = Buffer.concat([
    Buffer.from(`{"alg":"Ed25519","kid":"${key.kid}","x":"`),
    Buffer.from([0xff, 0x22, 0x7d]),
  ]).toString('base64url');

  const header = (more: object) => ({ header: { alg: 'Ed25519', kid: key.kid, ...more } });
  it.each<[string, Buffer | string]>([
    ['alg is "none", not Ed25519', signByHand(PAYLOAD, key, header({ alg: 'none' }))],
    ['alg is "HS256", not Ed25519', signByHand(PAYLOAD, key, header({ alg: 'HS256' }))],
    ['alg is "ed25519", not Ed25519', signByHand(PAYLOAD, key, header({ alg: 'ed25519' }))],
    ['alg is ["Ed25519"], not Ed25519', signByHand(PAYLOAD, key, header({ alg: ['Ed25519'] }))],
    ['alg is missing, not Ed25519', signByHand(PAYLOAD, key, header({ alg: undefined }))],
    [`alg is "${'x'.repeat(59)}, not Ed25519`, signByHand(PAYLOAD, key, header({ alg: 'x'.repeat(100) }))],
    ['its header is not base64url', signByHand(PAYLOAD, key).toString().replace(/^ey/, 'e+')],
    ['kid is missing, not the thumbprint of a key', signByHand(PAYLOAD, key, header({ kid: undefined }))],
    ['kid is "edge-1", not the thumbprint of a key', signByHand(PAYLOAD, key, header({ kid: 'edge-1' }))],
    ...['crit', 'b64', 'jwk', 'jku', 'x5c', 'x5u', 'x5t', 'x5t#S256'].map((name): [string, Buffer] => [
      `its header must not have ${name}`,
      signByHand(PAYLOAD, key, header({ [name]: [] })),
    ]),
    ...[`A${key.kid}`, `${key.kid}A`, key.kid.slice(1), `${key.kid.slice(1)}.`].map(
      (kid): [string, Buffer] => [
        `kid is "${kid}", not the thumbprint of a key`,
        signByHand(PAYLOAD, key, header({ kid })),
      ],
    ),
    ...['[]', 'null', '"text"', '7'].map((text): [string, Buffer] => [
      'its header is not a JSON object',
      signByHand(PAYLOAD, key, { header: text }),
    ]),
    ['its header is not JSON', `${notUtf8}.e30.${'A'.repeat(86)}`],
    ['its header is not JSON', signByHand(PAYLOAD, key, { header: '{"alg":' })],
    [
      'its header is not JSON',
      `${Buffer.from([0x7b, 0x22, 0xff, 0x22]).toString('base64url')}.e30.AAAA`.padEnd(90, 'A'),
    ],
    [
      'its header has 1396 characters, more than 1024',
      signByHand(PAYLOAD, key, header({ x: 'y'.repeat(971) })),
    ],
    ['a compact JWS has three parts with dots between them', 'eyJhIjoxfQ'],
    ['a compact JWS has three parts with dots between them', 'eyJhIjoxfQ.e30'],
    ['a compact JWS has three parts with dots between them', `${signByHand(PAYLOAD, key)}.`],
    ['its signature has 63 bytes, not 64', signByHand(PAYLOAD, key).subarray(0, -2)],
    ['its signature has 0 bytes, not 64', signByHand(PAYLOAD, key).subarray(0, -86)],
    ['its payload is not base64url', signByHand(PAYLOAD, key).toString().replace('.eyJ2', '.e+J2')],
    ['its payload is not base64url', signByHand(PAYLOAD, key).toString().replace('.eyJ2', '.e J2')],
    ['its payload is not base64url', signByHand(PAYLOAD, key).toString().replace('.eyJ2', '.yJ2')],
    ['its signature is not base64url', `${signByHand(PAYLOAD, key).toString().slice(0, -1)}=`],
  ])('is rejected: %s', (detail, jws) => {
    const refused = `The signature of the report is not valid; send each record signed as docs/signed-reports.md says, or find out who else sends under this edge id (${detail}).`;
    expect(() => readSignedRecord(Buffer.from(jws))).toThrow(
      expect.objectContaining({ code: 'bad_signature', message: refused }),
    );
  });

  it('may have 256 KiB of payload', () => {
    const most = Buffer.alloc(256 * 1024, 'x');
    expect(readSignedRecord(signByHand(most, key)).payload.length).toBe(262_144);
    const tooLarge = (detail: string) =>
      expect.objectContaining({
        code: 'too_large',
        message: `The report is over 262144 bytes of JSON; send it in more parts (${detail}).`,
      });
    expect(() => readSignedRecord(signByHand(Buffer.alloc(262_145, 'x'), key))).toThrow(
      tooLarge('262145 bytes of payload'),
    );
    const jws = signByHand(Buffer.alloc(268_800, 'x'), key);
    expect(jws.length).toBeGreaterThan(350 * 1024);
    expect(() => readSignedRecord(jws)).toThrow(tooLarge(`${jws.length} bytes of JWS`));
  });
});

describe('the test for a signed record', () => {
  it.each<[string, Uint8Array, boolean]>([
    ['JSON', PAYLOAD, false],
    ['gzip', gzipSync('{"v":1.5}'), false],
    ['a JWS', signByHand(PAYLOAD, key), true],
    ['a JWS with a blank before its header', signByHand(PAYLOAD, key, { header: ' {}' }), true],
    ['words', Buffer.from('early. late. never.'), false],
    [
      'a brace after other letters',
      Buffer.from(`${Buffer.from('x{}').toString('base64url')}.e30.e30`),
      false,
    ],
    ['only the header of a JWS', Buffer.from(signByHand(PAYLOAD, key).toString().split('.')[0]!), false],
    ['nothing', Buffer.of(), false],
    ['JSON with blanks before it', Buffer.from(' {"v":1.5}'), false],
  ])('%s', (_, record, expected) => {
    expect(isSigned(record)).toBe(expected);
  });

  it('reads the stated size of a gzip payload of any length', () => {
    for (let length = 1; length < 40; length++) {
      const payload = gzipSync(Buffer.from(Array.from({ length }, (_, i) => (i * 89) % 251)));
      expect(signedSize(signByHand(payload, key)), `${length}`).toBe(length);
    }
    expect(signedSize(signByHand(PAYLOAD, key))).toBe(0);
    expect(signedSize(signByHand(Buffer.from(JSON.stringify({ v: 1, text: 'no gzip at all' })), key))).toBe(
      0,
    );
    expect(signedSize(PAYLOAD)).toBe(0);
  });
});

describe('a public key', () => {
  const pem = (of: TestKey) => keyObjectOf(of.x).export({ type: 'spki', format: 'pem' }).toString();

  it.each([
    ['a JWK', key.public_key],
    ['a JWK of the least', JSON.stringify({ x: key.x, crv: 'Ed25519', kty: 'OKP' })],
    ['PEM', pem(key)],
    ['PEM with blanks around', `\n ${pem(key)} \n`],
  ])('is read from %s', async (_, text) => {
    expect(await readPublicKey(text)).toEqual({ kid: key.kid, x: key.x });
  });

  it('is written as a JWK that other programs read', () => {
    expect(publicJwk(key)).toEqual({
      kty: 'OKP',
      crv: 'Ed25519',
      x: key.x,
      kid: key.kid,
      alg: 'Ed25519',
      use: 'sig',
    });
  });

  const rule =
    'public_key must be an Ed25519 public key as a JWK ({"kty":"OKP","crv":"Ed25519","x":"…"}) or in PEM (-----BEGIN PUBLIC KEY-----): npm run edge -- key prints it.';
  const isPrivate =
    'public_key is a private key: it must never leave the edge. Make a new key pair there, and send the public key that npm run edge -- key prints.';
  it.each([
    ['', rule],
    ['null', rule],
    ['{}', rule],
    [key.x, rule],
    [JSON.stringify({ kty: 'OKP', crv: 'X25519', x: key.x }), rule],
    [JSON.stringify({ kty: 'OKP', crv: 'Ed25519', x: `${key.x}A` }), rule],
    [JSON.stringify({ kty: 'OKP', crv: 'Ed25519', x: key.x.slice(1) }), rule],
    ['-----BEGIN PUBLIC KEY-----\nMFkw\n-----END PUBLIC KEY-----', rule],
    [JSON.stringify({ kty: 'OKP', crv: 'Ed25519', x: key.x, d: key.x }), isPrivate],
    [key.key.export({ type: 'pkcs8', format: 'pem' }).toString(), isPrivate],
    ...['ENCRYPTED', 'RSA', 'OPENSSH'].map(kind => [`-----BEGIN ${kind} PRIVATE KEY-----\nMFkw`, isPrivate]),
    ['-----BEGIN CERTIFICATE-----\nMFkw\n-----END CERTIFICATE-----', rule],
  ])('is rejected: %s', async (text, message) => {
    await expect(readPublicKey(text)).rejects.toThrow(expect.objectContaining({ message }));
  });

  it.each([
    '0000000000000000000000000000000000000000000000000000000000000000',
    '0000000000000000000000000000000000000000000000000000000000000080',
    '0100000000000000000000000000000000000000000000000000000000000000',
    '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
    'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
    'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  ])('of small order, %s, is rejected', async hex => {
    const x = Buffer.from(hex, 'hex').toString('base64url');
    await expect(readPublicKey(JSON.stringify({ kty: 'OKP', crv: 'Ed25519', x }))).rejects.toThrow(
      expect.objectContaining({
        message:
          'public_key is a point of small order, which no key pair has: send the public key that npm run edge -- key prints.',
      }),
    );
  });
});
