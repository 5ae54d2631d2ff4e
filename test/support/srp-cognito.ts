import { createHash, createHmac, getDiffieHellman, hkdfSync, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Cognito's side of a sign-in with SRP, on the loopback, for one person. */
export interface SrpCognito {
  endpoint: string;
  /** What was asked for, by operation; passwords are never among it. */
  asked: { operation: string; input: Record<string, unknown> }[];
  stop(): Promise<void>;
}

interface SrpOptions {
  user_pool_id: string;
  user_id: string;
  password: string;
  access_token: string;
}

/** RFC 3526's group of 3,072 bits, which Cognito takes, with the generator 2. */
const N = BigInt(`0x${getDiffieHellman('modp15').getPrime('hex')}`);
const G = 2n;
const INFO = 'Caldera Derived Key';

/** Starts it. Verifies a password's proof as Cognito does, and refuses a wrong one. */
export async function startSrpCognito(options: SrpOptions): Promise<SrpCognito> {
  const pool = options.user_pool_id.split('_')[1]!;
  const salt = BigInt(`0x${randomBytes(16).toString('hex')}`);
  const inner = sha256(Buffer.from(`${pool}${options.user_id}:${options.password}`));
  const verifier = power(G, numberOf(sha256(bytesOf(salt), inner)));
  const b = BigInt(`0x${randomBytes(64).toString('hex')}`);
  const B = (numberOf(sha256(bytesOf(N), bytesOf(G))) * verifier + power(G, b)) % N;
  const secretBlock = randomBytes(32).toString('base64');
  const asked: SrpCognito['asked'] = [];
  let A = 0n;

  function answer(operation: string, input: Record<string, Record<string, string>>): [number, object] {
    asked.push({ operation, input });
    if (operation === 'InitiateAuth') {
      A = BigInt(`0x${input.AuthParameters!.SRP_A}`);
      const ChallengeParameters = {
        ...{ USERNAME: options.user_id, USER_ID_FOR_SRP: options.user_id, SECRET_BLOCK: secretBlock },
        ...{ SALT: salt.toString(16), SRP_B: B.toString(16) },
      };
      return [200, { ChallengeName: 'PASSWORD_VERIFIER', ChallengeParameters }];
    }
    const { TIMESTAMP = '', PASSWORD_CLAIM_SIGNATURE } = input.ChallengeResponses!;
    const u = numberOf(sha256(bytesOf(A), bytesOf(B)));
    const shared = power((A * power(verifier, u)) % N, b);
    const key = Buffer.from(hkdfSync('sha256', bytesOf(shared), bytesOf(u), INFO, 16));
    const proof = createHmac('sha256', key)
      .update(pool + options.user_id)
      .update(Buffer.from(secretBlock, 'base64'))
      .update(TIMESTAMP)
      .digest('base64');
    if (proof !== PASSWORD_CLAIM_SIGNATURE) {
      return [400, { __type: 'NotAuthorizedException', message: 'Incorrect username or password.' }];
    }
    const tokens = {
      AccessToken: options.access_token,
      IdToken: options.access_token,
      RefreshToken: 'refresh',
    };
    return [200, { AuthenticationResult: { ...tokens, ExpiresIn: 3600, TokenType: 'Bearer' } }];
  }

  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const operation = String(request.headers['x-amz-target']).split('.')[1]!;
    const [status, json] = answer(operation, JSON.parse(body));
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(json));
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    stop: () => new Promise(resolve => server.close(() => resolve())),
  };
}

function sha256(...parts: Buffer[]): Buffer {
  return createHash('sha256').update(Buffer.concat(parts)).digest();
}

const numberOf = (bytes: Buffer): bigint => BigInt(`0x${bytes.toString('hex')}`);

/** Big-endian, with a zero byte in front where the first bit is set. */
function bytesOf(value: bigint): Buffer {
  const hex = value.toString(16);
  const even = hex.length % 2 === 0 ? hex : `0${hex}`;
  return Buffer.from(/^[89a-f]/.test(even) ? `00${even}` : even, 'hex');
}

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  for (let [square, left] = [base % N, exponent]; left > 0n; left >>= 1n, square = (square * square) % N) {
    if (left & 1n) result = (result * square) % N;
  }
  return result;
}
