export interface Listener<Data> {
  onData(data: Data): void;
  /** The connection is up (again). Events of the time in between are not sent later: query them. */
  onConnected(): void;
}
