import type { TadaDocumentNode } from 'gql.tada';
import type { Listener } from './listener.ts';
import { BEGINNING, type LiveState } from './reconnection.ts';

type StateListener = (state: LiveState) => void;

let state: LiveState = BEGINNING.state;
const stateListeners = new Set<StateListener>();

/**
 * The library for subscriptions is loaded after the page is shown, because it is as large as the
 * code of the session.
 */
let loaded: Promise<typeof import('./live-client.ts')> | undefined;

function library(): Promise<typeof import('./live-client.ts')> {
  loaded ??= import('./live-client.ts').then(client => {
    client.onLiveState(setLiveState);
    return client;
  });
  return loaded;
}

/** @returns a function that cancels the subscription */
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

/** Retries a lost connection at once. */
export function reconnectNow(): void {
  void library().then(({ tryNow }) => tryNow());
}

/** The browser is offline: there are no retries until `reconnectNow`. */
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
