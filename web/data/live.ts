import type { TadaDocumentNode } from 'gql.tada';
import type { Listener } from './listener.ts';
import { BEGINNING, type LiveState } from './reconnection.ts';

type StateListener = (state: LiveState) => void;

let state: LiveState = BEGINNING.state;
const stateListeners = new Set<StateListener>();

/**
 * The library for subscriptions is loaded when the page has been shown, as it is as large as the
 * session.
 */
let loaded: Promise<typeof import('./live-client.ts')> | undefined;

function library(): Promise<typeof import('./live-client.ts')> {
  loaded ??= import('./live-client.ts').then(client => {
    client.onLiveState(setLiveState);
    return client;
  });
  return loaded;
}

/** @returns a function that ends the subscription */
export function listen<Data, Variables>(
  document: TadaDocumentNode<Data, Variables>,
  variables: Variables,
  listener: Listener<Data>,
): () => void {
  let ended = false;
  let stop = (): void => {
    ended = true;
  };
  void library().then(({ subscribe }) => {
    if (!ended) stop = subscribe(document, variables as object, listener as Listener<unknown>);
  });
  return () => stop();
}

/** Has a cut connection tried again at once. */
export function reconnectNow(): void {
  void library().then(({ tryNow }) => tryNow());
}

/** The browser has no network: nothing is tried until `reconnectNow`. */
export function pauseReconnecting(): void {
  void library().then(({ goOffline }) => goOffline());
}

export function liveState(): LiveState {
  return state;
}

export function onLiveState(listener: StateListener): () => void {
  stateListeners.add(listener);
  return () => stateListeners.delete(listener);
}

function setLiveState(next: LiveState): void {
  state = next;
  for (const listener of stateListeners) listener(next);
}
