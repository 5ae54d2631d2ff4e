import type { TadaDocumentNode } from 'gql.tada';
import type { Listener, LiveState } from './listener.ts';

type StateListener = (state: LiveState) => void;

let state: LiveState = 'CONNECTING';
const stateListeners = new Set<StateListener>();

/** The library for subscriptions is loaded when the page has been shown, as it is as large as the session. */
const library = () => import('./live-client.ts');

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
    if (!ended) stop = subscribe(document, variables as object, listener as Listener<unknown>, setLiveState);
  });
  return () => stop();
}

export function liveState(): LiveState {
  return state;
}

export function onLiveState(listener: StateListener): () => void {
  stateListeners.add(listener);
  return () => stateListeners.delete(listener);
}

function setLiveState(next: LiveState): void {
  if (next === state) return;
  state = next;
  for (const listener of stateListeners) listener(next);
}
