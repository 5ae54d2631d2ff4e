export interface Listener<Data> {
  onData(data: Data): void;
  /** The connection is up (again): what happened meanwhile never comes, so ask for it. */
  onConnected(): void;
}

/** Whether what happens is heard at once. */
export type LiveState = 'CONNECTING' | 'LIVE' | 'CUT';
