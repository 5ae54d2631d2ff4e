import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { EdgeError } from '../../edge/edge-error.ts';
import { makeCertificate } from './certificate.ts';
import { type GroupProcess, startProgram } from './group-process.ts';
import { isLoopback, type ListeningSocket, socketsOfGroup } from './listening-sockets.ts';
import type { Steps } from './steps.ts';
import { openWayOut, type WayOut } from './way-out.ts';

export const REGION = 'eu-central-1';
export const ACCOUNT = '000000000000';

/** The key of the account's root, which may do everything. It is valid only for the emulator. */
export const ROOT = { accessKeyId: 'rehearsal', secretAccessKey: 'rehearsal' } as const;

/** MiniStack, with IAM and TLS enforced: a function without a right is refused, as in the cloud. */
export interface Emulator {
  endpoint: string;
  /** Environment of programs that use it instead of AWS. */
  environment: Record<string, string>;
  /**
   * The addresses on which the emulator's processes listen now.
   * @throws EdgeError if one is not on the loopback
   */
  checkSockets(): ListeningSocket[];
  wayOut: WayOut;
  /** Log file of the emulator and the functions. */
  log: string;
}

export interface StartOptions {
  /** Python that has MiniStack. */
  python: string;
  /** The folder for its files and its log. */
  folder: string;
  /** Stops it at their end. */
  steps: Pick<Steps, 'atEnd'>;
  signal: AbortSignal;
}

const START_LIMIT_MS = 60_000;

/**
 * @throws ToolMissing without openssl; EdgeError when it doesn't start, or listens on an address
 * that other machines can reach
 */
export async function startEmulator({ python, folder, steps, signal }: StartOptions): Promise<Emulator> {
  const port = await freePort();
  const tls = await makeCertificate(folder, REGION);
  const wayOut = await openWayOut({
    port,
    leads: host => host.endsWith(`.${REGION}.amazonaws.com`),
  });
  steps.atEnd('end of the way out', () => wayOut.close());
  const endpoint = `https://localhost:${port}`;
  const shared = sharedEnvironment({ folder, wayOut, certificate: tls.certificate });
  const log = join(folder, 'ministack.log');
  const program = startProgram({
    command: python,
    args: ['-m', 'ministack'],
    cwd: folder,
    log,
    env: {
      ...shared,
      BIND_HOST: '127.0.0.1',
      GATEWAY_PORT: String(port),
      AUTH: 'true',
      USE_SSL: '1',
      MINISTACK_SSL_CERT: tls.certificate,
      MINISTACK_SSL_KEY: tls.key,
      MINISTACK_ACCOUNT_ID: ACCOUNT,
      MINISTACK_REGION: REGION,
      // Its broker for MQTT would listen on all addresses.
      IOT_MTLS_ENABLED: '0',
      SFTP_ENABLED: '0',
      // It has no access to containers of this machine.
      DOCKER_HOST: `unix://${join(folder, 'no-docker.sock')}`,
      STATE_DIR: join(folder, 'state'),
      S3_DATA_DIR: join(folder, 's3'),
    },
  });
  steps.atEnd('end of MiniStack', () => program.end());
  setDefaultCACertificates([...getCACertificates('default'), readFileSync(tls.certificate, 'utf8')]);
  await untilReady({ program, endpoint, log, signal });
  const checkSockets = () => onlyLoopback(socketsOfGroup(program.pid));
  checkSockets();
  return { endpoint, environment: { ...shared, AWS_ENDPOINT_URL: endpoint }, checkSockets, wayOut, log };
}

/**
 * Without the person's environment: no AWS profile, no proxy. The current Node also runs the
 * functions.
 */
function sharedEnvironment(given: {
  folder: string;
  wayOut: WayOut;
  certificate: string;
}): Record<string, string> {
  const { folder, wayOut, certificate } = given;
  const temporary = join(folder, 'tmp');
  mkdirSync(temporary, { recursive: true });
  // MiniStack's scripts for functions are CommonJS, but the project's package.json would make them
  // ES modules.
  writeFileSync(join(temporary, 'package.json'), '{"type":"commonjs"}');
  return {
    PATH: `${dirname(process.execPath)}:${process.env.PATH ?? ''}`,
    HOME: folder,
    TMPDIR: temporary,
    AWS_ACCESS_KEY_ID: ROOT.accessKeyId,
    AWS_SECRET_ACCESS_KEY: ROOT.secretAccessKey,
    AWS_REGION: REGION,
    AWS_DEFAULT_REGION: REGION,
    AWS_EC2_METADATA_DISABLED: 'true',
    NODE_EXTRA_CA_CERTS: certificate,
    AWS_CA_BUNDLE: certificate,
    HTTPS_PROXY: wayOut.url,
    HTTP_PROXY: wayOut.url,
    NO_PROXY: 'localhost,127.0.0.1',
    NODE_USE_ENV_PROXY: '1',
    CDK_DISABLE_CLI_TELEMETRY: 'true',
  };
}

async function untilReady(given: {
  program: GroupProcess;
  endpoint: string;
  log: string;
  signal: AbortSignal;
}): Promise<void> {
  const { program, endpoint, log, signal } = given;
  const limit = AbortSignal.any([signal, AbortSignal.timeout(START_LIMIT_MS)]);
  let ended = false;
  program.ended.then(
    () => (ended = true),
    () => (ended = true),
  );
  while (!(await answers(`${endpoint}/_ministack/health`))) {
    signal.throwIfAborted();
    if (ended || limit.aborted) throw new EdgeError(`MiniStack doesn't start: see ${log}.`);
    await delay(100);
  }
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url)).ok;
  } catch {
    return false;
  }
}

/** @throws EdgeError naming the sockets that other machines can reach */
export function onlyLoopback(sockets: ListeningSocket[]): ListeningSocket[] {
  const open = sockets.filter(({ address }) => !isLoopback(address));
  if (open.length === 0) return sockets;
  const named = open.map(({ address, port }) => `${address}:${port}`).join(', ');
  throw new EdgeError(
    `MiniStack listens on addresses that other machines can reach (${named}): the rehearsal stops.`,
  );
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
