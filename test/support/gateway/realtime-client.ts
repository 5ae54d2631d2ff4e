import { once } from 'node:events';
import { WebSocket } from 'ws';

interface Message {
  type: string;
  id?: string;
  payload?: Record<string, unknown>;
}

export interface RealtimeClient {
  /** The next message; waits for it. */
  next(): Promise<Message>;
  send(message: unknown): void;
  /** Starts a subscription. */
  start(id: string, start: { query: string; variables?: object; headers: object }): void;
  /** Code and reason of the close; waits for it. */
  closed: Promise<[number, string]>;
  close(): void;
}

export interface ConnectOptions {
  /** Headers with the credentials; none if omitted. */
  headers?: object | string;
  /**
   * The way in which they are sent: in the subprotocol, as Amplify does, or in the query, as it
   * once did.
   */
  form?: 'subprotocol' | 'query';
  protocols?: string[];
}

/** Connects to the real-time endpoint of a GraphQL address. */
export async function connectRealtime(url: string, options: ConnectOptions): Promise<RealtimeClient> {
  const { headers, form = 'subprotocol', protocols = ['graphql-ws'] } = options;
  const text = headers === undefined || typeof headers === 'string' ? headers : JSON.stringify(headers);
  const address = new URL(`${url.replace('http:', 'ws:')}/realtime`);
  if (text !== undefined && form === 'query') {
    address.searchParams.set('header', Buffer.from(text).toString('base64'));
    address.searchParams.set('payload', Buffer.from('{}').toString('base64'));
  }
  const inProtocol = text !== undefined && form === 'subprotocol';
  const encoded = inProtocol ? [`header-${Buffer.from(text).toString('base64url')}`] : [];
  const socket = new WebSocket(address, [...protocols, ...encoded]);
  const inbox: Message[] = [];
  let wake = () => {};
  socket.on('message', data => {
    inbox.push(JSON.parse(String(data)) as Message);
    wake();
  });
  const closed = once(socket, 'close').then(([code, reason]) => [code, String(reason)] as [number, string]);
  await once(socket, 'open');
  const send = (message: unknown) =>
    socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  return {
    async next() {
      while (inbox.length === 0) {
        await new Promise<void>(resolve => {
          wake = resolve;
        });
      }
      return inbox.shift()!;
    },
    send,
    start(id, { query, variables, headers: authorization }) {
      const data = JSON.stringify({ query, variables });
      send({ id, type: 'start', payload: { data, extensions: { authorization } } });
    },
    closed,
    close: () => socket.close(),
  };
}
