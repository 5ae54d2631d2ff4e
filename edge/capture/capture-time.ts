/**
 * The clock of a capture: the times of its packets, divided into intervals that begin with the
 * first packet.
 */
export class CaptureTime {
  /** Time of the first frame, milliseconds since the epoch; NaN before it. */
  first_ms = Number.NaN;
  /** The latest time seen; NaN before the first frame. */
  last_ms = Number.NaN;
  /** Frames at or after this time belong to a later interval. −Infinity before the first frame. */
  end_ms = Number.NEGATIVE_INFINITY;
  readonly #interval_ms: number;

  constructor(interval_ms: number) {
    this.#interval_ms = interval_ms;
  }

  /**
   * Must be called if a frame's time is not before `end_ms`: returns whether an interval ends
   * before that frame. Then the frame must wait until `next` was called. For the first frame, it
   * begins the first interval.
   */
  endsBefore(time_ms: number): boolean {
    if (Number.isNaN(this.first_ms)) {
      this.first_ms = time_ms;
      this.last_ms = time_ms;
      this.end_ms = time_ms + this.#interval_ms;
      return false;
    }
    return true;
  }

  /**
   * Ends the interval and all empty ones after it, so that a frame of `time_ms` is in the new
   * interval.
   */
  next(time_ms: number): void {
    const intervals = Math.floor((time_ms - this.end_ms) / this.#interval_ms) + 1;
    this.end_ms += intervals * this.#interval_ms;
    if (this.end_ms <= time_ms) {
      this.end_ms = time_ms + this.#interval_ms;
    }
  }
}
