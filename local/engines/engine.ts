/** A running engine: its address, how to stop it, and a promise for its unexpected end. */
export interface Engine {
  /** For messages, such as "DynamoDB Local". */
  name: string;
  /** Address on the loopback, without a slash at the end. */
  endpoint: string;
  pid: number;
  /** Resolves when the process has ended for any reason; `stopped` is true if `stop` was called. */
  ended: Promise<EngineEnd>;
  /** Stops the process and waits for its end. May be called more than once. */
  stop(): Promise<void>;
}

export interface EngineEnd {
  stopped: boolean;
  /** The reason in one sentence, with the last output of the process, if there was any. */
  reason: string;
}
