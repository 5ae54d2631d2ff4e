/** Figures of one batch. They are logged under these names, and some are metrics. */
export class IngestTally {
  ReportsApplied = 0;
  /** Repeated or overtaken reports, which add nothing. */
  ReportsOld = 0;
  ReportsQuarantined = 0;
  /**
   * Of these, reports that their edge did not verifiably send: unsigned, badly signed, or by an
   * unknown key.
   */
  ReportsNotAuthentic = 0;
  /** Delivered again by the stream. */
  ReportsNotApplied = 0;
  /** Fields of reports that this release ignores. */
  UnknownFields = 0;
  Transactions = 0;
  /** Another writer had changed the lane: it was read again. */
  ConditionsFailed = 0;
  /** Conflicts, throttling and lost answers. */
  TransactionsRepeated = 0;
  LanesRead = 0;
  /** Reports whose flows could not be logged in time and were discarded. */
  FlowLogsNotWritten = 0;
}
