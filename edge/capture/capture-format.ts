/** Reads one format's records out of the pieces of a capture that the caller has at hand. */
export interface CaptureFormat {
  /** What is read, for messages: `a packet record`. */
  readonly part: string;
  /** Bytes that must be at hand from where `consume` stopped for it to go on. */
  readonly need: number;
  /** Whether the capture may not end where `consume` stopped, even with nothing left over. */
  readonly unfinished: boolean;
  /** Set where `consume` stopped because an interval ends: the time of the frame that waits. */
  waiting_ms: number;
  /**
   * Set where `consume` stopped because another capture file begins there, as after
   * `cat a.pcap b.pcap`.
   */
  readonly ended: boolean;
  /**
   * Reads whole records from `at` on and gives where it stopped: less than `need` bytes were left,
   * or an interval ends (`waiting_ms` isn't NaN). `offset` is the place of the view's first byte in
   * the capture.
   *
   * @throws CaptureError for a record that can't be right.
   */
  consume(view: DataView, at: number, offset: number): number;
}
