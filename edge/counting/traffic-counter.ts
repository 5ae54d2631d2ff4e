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
   * Yields when an interval of the input's own time ends: the time to make a report.
   * @throws CaptureError
   */
  feed(chunk: Buffer): Generator<{ interval_end_ms: number }>;
  /** Must be called after the last piece; counts the rest. @throws CaptureError */
  end(): void;
  /** Number of skipped pieces without IP traffic. */
  readonly skipped: number;
  /** The same by reason, if the input's format has reasons. */
  readonly skipped_by_reason?: ReadonlyMap<string, number>;
  /** Sentences about parts that could not be read; complete after `end`. */
  readonly unread?: readonly string[];
  /** Earliest and latest time in the input so far, milliseconds since the epoch. */
  readonly first_ms: number | undefined;
  readonly last_ms: number | undefined;
}
