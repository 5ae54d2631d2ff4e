export interface Listener<Data> {
  onData(data: Data): void;
  /** The connection is up (again): what happened meanwhile never comes, so ask for it. */
  onConnected(): void;
}
