import { WebSocket } from 'ws';
import type { SignPost } from '../../core/appsync/sign-post.ts';
import type { PendingCommand } from '../../core/commands/edge-command.ts';
import { EdgeError } from '../edge-error.ts';
import { COMMAND_FIELDS, readCommand } from './edge-api.ts';

export interface Listening {
  /** Resolves when the connection has ended, with the reason. */
  readonly closed: Promise<string>;
  close(): void;
}

export interface ListenOptions {
  /** GraphQL address. */
  url: string;
  edge_id: string;
  sign: SignPost;
  onCommand: (command: PendingCommand) => void;
  /** Ends the connection, also one that is being made. */
  signal?: AbortSignal;
}

const CONNECT_LIMIT_MS = 10_000;
/** The server's own limit, unless it says another. */
const DEFAULT_SILENCE_MS = 300_000;

const SUBSCRIPTION = `subscription Commands($edge_id: ID!) { edgeCommands(edge_id: $edge_id) { ${COMMAND_FIELDS} } }`;

interface Message {
  type: string;
  payload?: {
    connectionTimeoutMs?: number;
    data?: { edgeCommands?: unknown };
    errors?: { message?: string }[];
  };
}

/**
 * Listens to an edge's commands over AppSync's real-time protocol. Resolves when the subscription runs: whoever reads the pending
 * commands then misses none.
 *
 * @throws EdgeError when the system can't be reached or refuses
 */
export async function listenToCommands(options: ListenOptions): Promise<Listening> {
  const { url, edge_id, sign, onCommand, signal } = options;
  const api = new URL(url);
  const signed = await sign(new URL(`${url}/connect`), '{}', HEADERS);
  const header = Buffer.from(JSON.stringify(signed)).toString('base64url');
  const socket = new WebSocket(realtimeUrl(api), ['graphql-ws', `header-${header}`], {
    handshakeTimeout: CONNECT_LIMIT_MS,
  });
  const closed = new Promise<string>(resolve => {
    socket.once('close', (code, reason) => resolve(String(reason) || `closed with ${code}`));
  });
  const end = () => socket.terminate();
  signal?.addEventListener('abort', end, { once: true });
  closed.then(() => signal?.removeEventListener('abort', end));
  const watch = silenceWatch(() => socket.terminate());

  await new Promise<void>((resolve, reject) => {
    const fail = (reason: string) => {
      socket.terminate();
      reject(new EdgeError(`The system at ${url} does not pass commands on: ${reason}.`));
    };
    socket.once('error', error => fail(error.message));
    closed.then(fail);
    socket.once('open', () => socket.send(JSON.stringify({ type: 'connection_init' })));
    socket.on('message', async bytes => {
      watch.heard();
      const message = JSON.parse(String(bytes)) as Message;
      const refusal = message.payload?.errors?.[0]?.message;
      if (message.type === 'connection_ack') {
        watch.start(message.payload?.connectionTimeoutMs ?? DEFAULT_SILENCE_MS);
        const data = JSON.stringify({ query: SUBSCRIPTION, variables: { edge_id } });
        const authorization = await sign(api, data, HEADERS);
        const payload = { data, extensions: { authorization } };
        socket.send(JSON.stringify({ id: 'commands', type: 'start', payload }));
      } else if (message.type === 'start_ack') {
        resolve();
      } else if (message.type === 'data') {
        const raw = message.payload?.data?.edgeCommands;
        if (raw) onCommand(readCommand(raw));
      } else if (message.type === 'connection_error' || message.type === 'error') {
        fail(refusal ?? 'no reason given');
      }
    });
  }).finally(() => socket.on('error', () => {}));
  closed.then(() => watch.stop());
  return { closed, close: () => socket.close() };
}

// What the protocol wants signed beside the usual.
const HEADERS = { accept: 'application/json, text/javascript', 'content-encoding': 'amz-1.0' };

/** In the cloud the real-time address has a host of its own; elsewhere it lies beside the GraphQL address. */
function realtimeUrl(api: URL): string {
  const protocol = api.protocol === 'http:' ? 'ws:' : 'wss:';
  const host = api.host.replace('.appsync-api.', '.appsync-realtime-api.');
  const path = host === api.host ? `${api.pathname}/realtime` : api.pathname;
  return `${protocol}//${host}${path}`;
}

/** The server sends something now and then; a connection that is silent for longer is dead. */
function silenceWatch(onSilence: () => void) {
  let limit: number | undefined;
  let timer: NodeJS.Timeout | undefined;
  const heard = () => {
    clearTimeout(timer);
    if (limit === undefined) return;
    timer = setTimeout(onSilence, limit);
  };
  return {
    heard,
    start(ms: number) {
      limit = ms;
      heard();
    },
    stop() {
      limit = undefined;
      clearTimeout(timer);
    },
  };
}
