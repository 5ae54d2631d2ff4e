import type { WebSocket } from 'ws';
import type { Clock } from '../../../core/time/clock.ts';
import type { Cancel, Schedule } from '../../../core/time/schedule.ts';
import type { Identity } from '../auth/identity.ts';
import { TOKEN_EXPIRED } from '../auth/unauthorized.ts';
import { LIMITS } from '../limits.ts';
import { messages, OperationRefused } from './messages.ts';
import { type Subscription, type SubscriptionStarter, startSubscription } from './start-subscription.ts';

export interface ConnectionOptions extends SubscriptionStarter {
  identity: Identity;
  sourceIp: string[];
  clock: Clock;
  schedule: Schedule;
  log(message: string, details: Record<string, unknown>): void;
}

export interface Connection {
  /** Delivers a value to all subscriptions of these fields. */
  publish(fields: readonly string[], value: unknown): Promise<void>;
}

interface Running {
  subscription: Subscription | null;
  cancelExpiry: Cancel;
}

/** Close code for an expired token; Amplify then connects again with a new one. */
const CLOSE_EXPIRED = 4401;
/** Maximum delay of a timer. */
const MAX_TIMER_MS = 2 ** 31 - 1;
const nothing = () => {};

/** Speaks the real-time protocol on one socket until it closes. */
export function serveConnection(socket: WebSocket, options: ConnectionOptions): Connection {
  const { identity, clock, schedule, log } = options;
  const running = new Map<string, Running>();
  const send = (message: object) => socket.readyState === socket.OPEN && socket.send(JSON.stringify(message));
  let cancelKeepAlive: Cancel = nothing;
  const cancelExpiry = whenExpired(identity, () => socket.close(CLOSE_EXPIRED, TOKEN_EXPIRED));

  function whenExpired({ expiresAtMs }: Identity, run: () => void): Cancel {
    return expiresAtMs === null
      ? nothing
      : schedule(Math.min(Math.max(expiresAtMs - clock(), 0), MAX_TIMER_MS), run);
  }

  function keepAlive(): void {
    send(messages.keepAlive);
    cancelKeepAlive();
    cancelKeepAlive = schedule(LIMITS.keepAliveMs, keepAlive);
  }

  async function start(id: string, payload: unknown): Promise<void> {
    if (running.has(id)) throw refusal('DuplicatedOperationError', `Operation ${id} runs already.`);
    if (running.size >= LIMITS.subscriptionsPerConnection) {
      const most = LIMITS.subscriptionsPerConnection;
      throw refusal('MaxSubscriptionsReachedError', `Max number of ${most} subscriptions reached`);
    }
    const entry: Running = { subscription: null, cancelExpiry: nothing };
    running.set(id, entry);
    try {
      const subscription = await startSubscription(payload, options.sourceIp, options);
      if (running.get(id) !== entry) return;
      entry.subscription = subscription;
      entry.cancelExpiry = whenExpired(subscription.identity, () => {
        running.delete(id);
        send(messages.error(id, [{ errorType: 'UnauthorizedException', message: TOKEN_EXPIRED }]));
      });
      send(messages.startAck(id));
    } catch (error) {
      if (running.get(id) === entry) running.delete(id);
      throw error;
    }
  }

  function stop(id: string): void {
    const entry = running.get(id);
    if (entry === undefined) throw refusal('UnknownOperationError', `Operation ${id} doesn't run.`);
    entry.cancelExpiry();
    running.delete(id);
    send(messages.complete(id));
  }

  async function receive(text: string): Promise<void> {
    const { type, id, payload } = readMessage(text);
    try {
      if (type === 'connection_init') {
        send(messages.connectionAck);
        keepAlive();
      } else if (type === 'start' && id !== undefined) await start(id, payload);
      else if (type === 'stop' && id !== undefined) stop(id);
      else
        throw refusal(
          'UnsupportedOperation',
          `A message needs an id and one of the types connection_init, start and stop.`,
        );
    } catch (error) {
      if (!(error instanceof OperationRefused)) log('A real-time message failed', { error: String(error) });
      const errors = error instanceof OperationRefused ? error.errors : INTERNAL;
      send(messages.error(id, errors));
    }
  }

  socket.on('message', data => void receive(String(data)));
  socket.on('error', error => log('A real-time connection failed', { error: String(error) }));
  socket.on('close', () => {
    cancelKeepAlive();
    cancelExpiry();
    for (const entry of running.values()) entry.cancelExpiry();
    running.clear();
  });

  return {
    async publish(fields, value) {
      const told = [...running].filter(
        ([, { subscription }]) => subscription && fields.includes(subscription.field),
      );
      for (const [id, entry] of told) {
        const payload = await entry.subscription!.payloadFor(value);
        if (payload === undefined || running.get(id) !== entry) continue;
        const bytes = Buffer.byteLength(JSON.stringify(payload));
        if (bytes <= LIMITS.subscriptionPayloadBytes) send(messages.data(id, payload));
        else
          log('A subscription payload is over the limit', { bytes, limit: LIMITS.subscriptionPayloadBytes });
      }
    },
  };
}

const INTERNAL = [
  { errorType: 'InternalFailure', message: 'Something went wrong on our side. Try again later.' },
];

function readMessage(text: string): { type?: unknown; id?: string; payload?: unknown } {
  try {
    const message = JSON.parse(text) as Record<string, unknown> | null;
    const { type, id, payload } = message ?? {};
    return { type, payload, ...(typeof id === 'string' && { id }) };
  } catch {
    return {};
  }
}

function refusal(errorType: string, message: string): OperationRefused {
  return new OperationRefused({ errorType, message });
}
