/** Reads the records of one format from the pieces of a capture that the caller provides. */
export interface CaptureFormat {
  /** The current part of the file, for messages: `a packet record`. */
  readonly part: string;
  /** Number of bytes that `consume` needs to continue from where it stopped. */
  readonly need: number;
  /** Whether the capture may not end where `consume` stopped, even with nothing left over. */
  readonly unfinished: boolean;
  /** Set if `consume` stopped because an interval ends: the time of the waiting frame. */
  waiting_ms: number;
  /**
   * Set if `consume` stopped because another capture file begins there, as after `cat a.pcap
   * b.pcap`.
   */
  readonly ended: boolean;
  /**
   * Reads complete records from `at` and returns where it stopped: fewer than `need` bytes were
   * left, or an interval ends (`waiting_ms` isn't NaN). `offset` is the position of the view's
   * first byte in the capture.
   *
   * @throws CaptureError for an invalid record
   */
  consume(view: DataView, at: number, offset: number): number;
}
