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

/** Amplify's event when the API has taken a subscription, which it doesn't export. */
const SUBSCRIPTION_ACK = 'Subscription ack';

const client = generateClient() as unknown as SubscribingClient;

/** A subscription that a part of the page wants, whether or not the API has it at the moment. */
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
 * Amplify tries a cut connection again after five seconds, and then once a minute. It is made anew
 * sooner here: a new subscription has Amplify open a socket at once.
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
    // The API has ended this one alone, as for a session that was over.
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
 * What Amplify's states mean to us. A connection that was silent for a minute, or has lost its
 * network, may come back by itself.
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

/** Amplify calls a connection that was never begun disconnected, too. */
let begun = false;

function onConnection(state: ConnectionState): void {
  begun ||= state === ConnectionState.Connecting;
  if (!begun || wanted.size === 0) return;
  const event = EVENTS[state];
  if (event === 'CUT') for (const one of wanted) one.acknowledged = false;
  if (event) take(event);
  else if (state === ConnectionState.Connected) takeIfAcknowledged();
}

// The acknowledgement quotes the operation as Amplify has printed it anew.
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

/** Tries to connect at once, where that is waited for. */
export function tryNow(): void {
  take('WAKE');
}

/** Tries nothing until `tryNow`. */
export function goOffline(): void {
  take('OFFLINE');
}

export function onLiveState(listener: (state: LiveState) => void): void {
  stateListeners.add(listener);
}

/** @returns a function that ends the subscription */
export function subscribe(document: unknown, variables: object, listener: Listener<unknown>): () => void {
  const one: Wanted = { document, variables, listener, acknowledged: false, end: () => {} };
  wanted.add(one);
  open(one);
  return () => {
    wanted.delete(one);
    one.end();
  };
}
