import { CONNECTION_STATE_CHANGE, ConnectionState, generateClient } from 'aws-amplify/api';
import { Hub } from 'aws-amplify/utils';
import { systemClock } from '../../core/time/clock.ts';
import { systemSchedule } from '../../core/time/schedule.ts';
import type { Listener } from './listener.ts';
import { operationName } from './operation-name.ts';
import { keepConnected, type LiveEvent, type LiveState } from './reconnection.ts';

interface Message {
  data?: unknown;
}

interface Acknowledged {
  query: string;
  variables: object;
}

interface SubscribingClient {
  graphql(request: { query: string; variables: object }): {
    subscribe(observer: { next(message: Message): void; error(cause: unknown): void }): {
      unsubscribe(): void;
    };
  };
}

/** Amplify's event when the API acknowledges a subscription; Amplify doesn't export its name. */
const SUBSCRIPTION_ACK = 'Subscription ack';

const client = generateClient() as unknown as SubscribingClient;

/** A subscription that a part of the page needs, whether or not it is connected at the moment. */
interface Wanted {
  document: unknown;
  variables: object;
  listener: Listener<unknown>;
  acknowledged: boolean;
  end(): void;
}

const wanted = new Set<Wanted>();
const stateListeners = new Set<(state: LiveState) => void>();

/**
 * Amplify retries a lost connection after five seconds, and then once a minute. Here it is retried
 * sooner: for a new subscription Amplify opens a socket at once.
 */
const take = keepConnected({
  clock: systemClock,
  schedule: systemSchedule,
  random: Math.random,
  connect() {
    for (const one of wanted) if (!one.acknowledged) open(one);
  },
  onState(state) {
    for (const listener of stateListeners) listener(state);
  },
});

function open(one: Wanted): void {
  one.end();
  const { document, variables, listener } = one;
  const subscription = client.graphql({ query: String(document), variables }).subscribe({
    next: ({ data }) => {
      if (data) listener.onData(data);
    },
    // The API ended only this subscription, for example because its session had expired.
    error: () => {
      one.acknowledged = false;
      take('CUT');
    },
  });
  one.end = () => subscription.unsubscribe();
}

function takeIfAcknowledged(): void {
  if ([...wanted].every(({ acknowledged }) => acknowledged)) take('ACKNOWLEDGED');
}

/**
 * Maps Amplify's states to ours. A connection that was silent for a minute, or lost its network,
 * may recover by itself.
 */
const EVENTS: Record<ConnectionState, LiveEvent | undefined> = {
  [ConnectionState.Connected]: undefined,
  [ConnectionState.Connecting]: 'CONNECTING',
  [ConnectionState.ConnectedPendingKeepAlive]: 'DOUBTFUL',
  [ConnectionState.ConnectedPendingNetwork]: 'DOUBTFUL',
  [ConnectionState.ConnectedPendingDisconnect]: undefined,
  [ConnectionState.ConnectionDisrupted]: 'CUT',
  [ConnectionState.ConnectionDisruptedPendingNetwork]: 'CUT',
  [ConnectionState.Disconnected]: 'CUT',
};

/** Amplify also reports a connection that was never opened as disconnected. */
let begun = false;

function onConnection(state: ConnectionState): void {
  begun ||= state === ConnectionState.Connecting;
  if (!begun || wanted.size === 0) return;
  const event = EVENTS[state];
  if (event === 'CUT') for (const one of wanted) one.acknowledged = false;
  if (event) take(event);
  else if (state === ConnectionState.Connected) takeIfAcknowledged();
}

// The acknowledgement quotes the operation as Amplify formats it.
function onAcknowledged({ query, variables }: Acknowledged): void {
  const name = operationName(query);
  for (const one of wanted) {
    if (operationName(one.document) !== name) continue;
    if (JSON.stringify(one.variables) !== JSON.stringify(variables)) continue;
    one.acknowledged = true;
    one.listener.onConnected();
  }
  takeIfAcknowledged();
}

Hub.listen('api', ({ payload: { event, data } }) => {
  if (event === CONNECTION_STATE_CHANGE) {
    onConnection((data as { connectionState: ConnectionState }).connectionState);
  } else if (event === SUBSCRIPTION_ACK) onAcknowledged(data as Acknowledged);
});
Hub.listen('auth', ({ payload: { event } }) => {
  if (event === 'signedIn') take('WAKE');
});

/** Reconnects at once if a retry is pending. */
export function tryNow(): void {
  take('WAKE');
}

/** Stops retries until `tryNow`. */
export function goOffline(): void {
  take('OFFLINE');
}

export function onLiveState(listener: (state: LiveState) => void): void {
  stateListeners.add(listener);
}

/** @returns a function that cancels the subscription */
export function subscribe(document: unknown, variables: object, listener: Listener<unknown>): () => void {
  const one: Wanted = { document, variables, listener, acknowledged: false, end: () => {} };
  wanted.add(one);
  open(one);
  return () => {
    wanted.delete(one);
    one.end();
  };
}
