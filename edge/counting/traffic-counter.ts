/** A piece of the input that can't be counted. */
export interface InputProblem {
  line: number;
  message: string;
  /** Short text that problems of the same kind have in common. */
  kind: string;
}

/** Counts one kind of input into a recorder: a capture, or the records of a flow exporter. */
export interface TrafficCounter {
  /**
   * Yields where an interval of the input's own time ends: the moment to take a report. @throws
   * CaptureError
   */
  feed(chunk: Buffer): Generator<{ interval_end_ms: number }>;
  /** To be called after the last piece; counts what that left over. @throws CaptureError */
  end(): void;
  /** What was no IP traffic. */
  readonly skipped: number;
  /** The same by reason, where the input's format tells reasons. */
  readonly skipped_by_reason?: ReadonlyMap<string, number>;
  /** What could not be read, in sentences; complete after `end`. */
  readonly unread?: readonly string[];
  /** Earliest and latest time in the input so far, milliseconds since the epoch. */
  readonly first_ms: number | undefined;
  readonly last_ms: number | undefined;
}
