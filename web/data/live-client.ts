import { CONNECTION_STATE_CHANGE, ConnectionState, generateClient } from 'aws-amplify/api';
import { Hub } from 'aws-amplify/utils';
import type { Listener, LiveState } from './listener.ts';
import { operationName } from './operation-name.ts';

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

/** How long after a subscription that the API ended a new one is tried. */
const RETRY_MS = 5000;

/** Amplify's event when the API has taken a subscription, which it doesn't export. */
const SUBSCRIPTION_ACK = 'Subscription ack';

const client = generateClient() as unknown as SubscribingClient;

/** Amplify opens the connection again by itself; one that the API ended, as for a session that was over, is opened here. */
export function subscribe(
  document: unknown,
  variables: object,
  { onData, onConnected }: Listener<unknown>,
  setState: (state: LiveState) => void,
): () => void {
  let subscription: { unsubscribe(): void } | undefined;
  let retry: ReturnType<typeof setTimeout> | undefined;

  // The acknowledgement quotes the operation as Amplify has printed it anew.
  const isOf = (acknowledged: Acknowledged): boolean =>
    operationName(acknowledged.query) === operationName(document) &&
    JSON.stringify(acknowledged.variables) === JSON.stringify(variables);

  function open(): void {
    subscription = client.graphql({ query: String(document), variables }).subscribe({
      next: ({ data }) => {
        if (data) onData(data);
      },
      error: () => {
        setState('CUT');
        subscription?.unsubscribe();
        clearTimeout(retry);
        retry = setTimeout(open, RETRY_MS);
      },
    });
  }

  const stopListening = Hub.listen('api', ({ payload: { event, data } }) => {
    if (event === CONNECTION_STATE_CHANGE) {
      setState(stateOf((data as { connectionState: ConnectionState }).connectionState));
    } else if (event === SUBSCRIPTION_ACK && isOf(data as Acknowledged)) onConnected();
  });
  open();
  return () => {
    stopListening();
    clearTimeout(retry);
    subscription?.unsubscribe();
  };
}

function stateOf(connection: ConnectionState): LiveState {
  if (connection === ConnectionState.Connected) return 'LIVE';
  return connection === ConnectionState.Connecting ? 'CONNECTING' : 'CUT';
}
