import { describe, expect, it } from 'vitest';
import { Sha256, sha256 } from '../../../core/digest.ts';

// "abc" of FIPS 180-4.
const ABC = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
const bytes = new TextEncoder().encode('abc');

describe('sha256', () => {
  it('returns the hexadecimal digits of a text and of its bytes', () => {
    expect(sha256('abc')).toBe(ABC);
    expect(sha256(bytes)).toBe(ABC);
  });

  it('returns base64url on request', () => {
    expect(sha256('abc', 'base64url')).toBe(Buffer.from(ABC, 'hex').toString('base64url'));
  });
});

describe('Sha256, for the signer', () => {
  const hexOf = async (hash: Sha256) => Buffer.from(await hash.digest()).toString('hex');

  it('is the digest of all its input, in any form', async () => {
    const hash = new Sha256();
    hash.update('a');
    // A view into a longer buffer: only what it shows counts.
    hash.update(bytes.subarray(1, 2));
    hash.update(new Uint8Array([0x63]).buffer);
    hash.update(new DataView(bytes.buffer, 3));
    hash.update('');
    expect(await hexOf(hash)).toBe(ABC);
  });

  // Test case 2 of RFC 4231.
  it.each([
    ['a text', 'Jefe' as string | ArrayBuffer | ArrayBufferView],
    ['bytes', new TextEncoder().encode('Jefe')],
    ['a buffer', new TextEncoder().encode('Jefe').buffer],
    ['a view', new DataView(new TextEncoder().encode('.Jefe.').buffer, 1, 4)],
  ])('with %s as a secret is an HMAC', async (_form, secret) => {
    const hash = new Sha256(secret);
    hash.update('what do ya want for nothing?');
    expect(await hexOf(hash)).toBe('5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843');
  });
});
