/** A running engine: where it listens, how to end it, and how to hear that it ended by itself. */
export interface Engine {
  /** For messages, such as "DynamoDB Local". */
  name: string;
  /** Address on the loopback, without a slash at the end. */
  endpoint: string;
  pid: number;
  /**
   * Resolves when the process is gone, however it ended; `stopped` tells whether `stop` was asked
   * for.
   */
  ended: Promise<EngineEnd>;
  /** Ends the process and waits until it is gone. May be called more than once. */
  stop(): Promise<void>;
}

export interface EngineEnd {
  stopped: boolean;
  /** Why, as one sentence, with the last words of the process where it had any. */
  reason: string;
}
