import { createHash, createHmac, getDiffieHellman, hkdfSync, randomBytes } from 'node:crypto';

/**
 * The group of RFC 3526 with 3,072 bits, which Cognito uses, and the multiplier of SRP-6a in it.
 */
const N = BigInt(`0x${getDiffieHellman('modp15').getPrime('hex')}`);
const G = 2n;
const K = sha256(padded(N), padded(G));

/** The server's knowledge of a password, which is not enough to sign in. */
export interface Verifier {
  salt: bigint;
  v: bigint;
}

/** @param who name of the pool and the user's id, as one text */
export function verifierOf(who: string, password: string): Verifier {
  const salt = randomNumber(16);
  const inner = createHash('sha256').update(`${who}:${password}`).digest();
  return { salt, v: power(G, sha256(padded(salt), inner)) };
}

/**
 * One exchange with a client, from the server's side (RFC 5054, with Cognito's own derivation of
 * the key).
 */
export class SrpExchange {
  readonly #b = randomNumber(32);
  readonly #verifier: Verifier;
  readonly #clients: bigint;
  readonly #servers: bigint;
  readonly secret_block = randomBytes(48).toString('base64');

  /** @param srp_a the client's public value, hexadecimal */
  constructor(verifier: Verifier, srp_a: string) {
    this.#verifier = verifier;
    this.#clients = BigInt(`0x${srp_a}`);
    if (this.#clients % N === 0n) throw new Error('The value of the client gives its key away.');
    this.#servers = (K * verifier.v + power(G, this.#b)) % N;
  }

  /** The value for the client, hexadecimal. */
  get public(): { SALT: string; SRP_B: string } {
    return { SALT: this.#verifier.salt.toString(16), SRP_B: this.#servers.toString(16) };
  }

  /** Whether a signature proves that the client knows the password. */
  proves(who: string, { timestamp, signature }: { timestamp: string; signature: string }): boolean {
    const u = sha256(padded(this.#clients), padded(this.#servers));
    const shared = power((this.#clients * power(this.#verifier.v, u)) % N, this.#b);
    const key = hkdfSync('sha256', padded(shared), padded(u), 'Caldera Derived Key', 16);
    const block = Buffer.from(this.secret_block, 'base64');
    const expected = createHmac('sha256', Buffer.from(key)).update(who).update(block).update(timestamp);
    return expected.digest('base64') === signature;
  }
}

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  let square = base % N;
  for (let left = exponent; left > 0n; left >>= 1n) {
    if (left & 1n) result = (result * square) % N;
    square = (square * square) % N;
  }
  return result;
}

function sha256(...parts: Buffer[]): bigint {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return BigInt(`0x${hash.digest('hex')}`);
}

/** The bytes of a number that is not negative, as a signed number has them. */
function padded(value: bigint): Buffer {
  const hex = value.toString(16);
  const even = hex.length % 2 === 1 ? `0${hex}` : hex;
  return Buffer.from(/^[89a-f]/.test(even) ? `00${even}` : even, 'hex');
}

function randomNumber(bytes: number): bigint {
  return BigInt(`0x${randomBytes(bytes).toString('hex')}`);
}
