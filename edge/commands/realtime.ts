import { WebSocket } from 'ws';
import type { SignPost } from '../../core/appsync/sign-post.ts';
import type { PendingCommand } from '../../core/commands/edge-command.ts';
import type { EdgeNews } from '../../core/commands/edge-news.ts';
import { EdgeError } from '../edge-error.ts';
import { COMMAND_FIELDS, NEWS_FIELDS, readCommand, readNews } from './edge-api.ts';

/** Callbacks for messages to a listening edge. */
export interface Heard {
  onCommand: (command: PendingCommand) => void;
  onNews: (news: EdgeNews) => void;
  /**
   * Called with true when nothing has arrived for longer than the keep-alive interval, and with
   * false when messages arrive again.
   */
  onQuiet: (quiet: boolean) => void;
}

export interface Listening {
  /** Whether the system publishes news for all edges; earlier releases do not. */
  readonly announces: boolean;
  /** Resolves when the connection has ended, with the reason. */
  readonly closed: Promise<string>;
  close(): void;
}

export interface ListenOptions extends Heard {
  /** GraphQL address. */
  url: string;
  edge_id: string;
  sign: SignPost;
  /** Ends the connection, also while it is being opened. */
  signal?: AbortSignal;
}

const CONNECT_LIMIT_MS = 10_000;
/** The server's limit, unless it sends another one. */
const DEFAULT_SILENCE_MS = 300_000;
/** AppSync sends a keep-alive message every minute. */
const QUIET_MS = 75_000;

/** The subscriptions of an edge. */
export const COMMANDS = `subscription Commands($edge_id: ID!) { edgeCommands(edge_id: $edge_id) { ${COMMAND_FIELDS} } }`;
export const NEWS = `subscription News { edgeNews { ${NEWS_FIELDS} } }`;

interface Message {
  type: string;
  id?: string;
  payload?: {
    connectionTimeoutMs?: number;
    data?: { edgeCommands?: unknown; edgeNews?: unknown };
    errors?: { message?: string }[];
  };
}

/**
 * Subscribes to an edge's commands and to news for all edges over AppSync's real-time protocol.
 * Resolves when it is subscribed: an edge that then reads its pending commands misses nothing.
 *
 * @throws EdgeError if the system can't be reached, or refuses the subscription
 */
export async function listenToSystem(options: ListenOptions): Promise<Listening> {
  const { url, edge_id, sign, onCommand, onNews, onQuiet, signal } = options;
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
  const watch = silenceWatch({ onQuiet, onDead: end });

  async function subscribe(id: 'commands' | 'news', query: string, variables: object): Promise<void> {
    const data = JSON.stringify({ query, variables });
    const payload = { data, extensions: { authorization: await sign(api, data, HEADERS) } };
    socket.send(JSON.stringify({ id, type: 'start', payload }));
  }

  let announces = false;
  await new Promise<void>((resolve, reject) => {
    const fail = (reason: string) => {
      socket.terminate();
      reject(new EdgeError(`The system at ${url} does not deliver commands: ${reason}.`));
    };
    const limit = setTimeout(fail, CONNECT_LIMIT_MS, 'it does not answer');
    const open = new Set(['commands', 'news']);
    const settle = (id = '') => {
      open.delete(id);
      if (open.size > 0) return;
      clearTimeout(limit);
      resolve();
    };
    socket.once('error', error => fail(error.message));
    closed.then(reason => {
      clearTimeout(limit);
      fail(reason);
    });
    socket.once('open', () => socket.send(JSON.stringify({ type: 'connection_init' })));
    socket.on('message', async bytes => {
      watch.heard();
      const { type, id, payload } = JSON.parse(String(bytes)) as Message;
      if (type === 'connection_ack') {
        watch.start(payload?.connectionTimeoutMs ?? DEFAULT_SILENCE_MS);
        await subscribe('commands', COMMANDS, { edge_id });
        await subscribe('news', NEWS, {});
      } else if (type === 'start_ack') {
        if (id === 'news') announces = true;
        settle(id);
      } else if (type === 'data') {
        const { edgeCommands, edgeNews } = payload?.data ?? {};
        if (edgeCommands) onCommand(readCommand(edgeCommands));
        if (edgeNews) onNews(readNews(edgeNews));
      } else if (type === 'error' && id === 'news') {
        // Earlier releases have no news, and a role may lack the permission for it.
        settle(id);
      } else if (type === 'connection_error' || type === 'error') {
        fail(payload?.errors?.[0]?.message ?? 'no reason given');
      }
    });
  }).finally(() => socket.on('error', () => {}));
  closed.then(() => watch.stop());
  return { announces, closed, close: () => socket.close() };
}

// Additional headers that the protocol requires in the signature.
const HEADERS = { accept: 'application/json, text/javascript', 'content-encoding': 'amz-1.0' };

/**
 * In the cloud, the real-time endpoint has its own host; elsewhere its path is below the GraphQL
 * address.
 */
function realtimeUrl(api: URL): string {
  const protocol = api.protocol === 'http:' ? 'ws:' : 'wss:';
  const host = api.host.replace('.appsync-api.', '.appsync-realtime-api.');
  const path = host === api.host ? `${api.pathname}/realtime` : api.pathname;
  return `${protocol}//${host}${path}`;
}

/**
 * The server sends a message every minute. A connection that is silent for longer is quiet, and
 * dead at the server's limit.
 */
function silenceWatch({ onQuiet, onDead }: { onQuiet: (quiet: boolean) => void; onDead: () => void }) {
  let limit: number | undefined;
  let quiet = false;
  let timers: NodeJS.Timeout[] = [];
  const clear = () => {
    for (const timer of timers) clearTimeout(timer);
    timers = [];
  };
  const say = (is: boolean) => {
    if (quiet !== is) onQuiet(is);
    quiet = is;
  };
  const heard = () => {
    clear();
    say(false);
    if (limit === undefined) return;
    timers = [setTimeout(onDead, limit), setTimeout(say, Math.min(QUIET_MS, limit), true)];
  };
  return {
    heard,
    start(ms: number) {
      limit = ms;
      heard();
    },
    stop() {
      limit = undefined;
      clear();
    },
  };
}
