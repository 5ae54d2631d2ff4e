/** What one batch did; logged under these names, and some of them as metrics. */
export class IngestTally {
  ReportsApplied = 0;
  /** Repeated or overtaken reports: nothing to add. */
  ReportsOld = 0;
  ReportsQuarantined = 0;
  /**
   * Of these, the ones of which nothing shows that their edge sent them: unsigned, badly signed, by
   * an unknown key.
   */
  ReportsNotAuthentic = 0;
  /** Delivered again by the stream. */
  ReportsNotApplied = 0;
  /** Fields of reports that this release ignores. */
  UnknownFields = 0;
  Transactions = 0;
  /** Another writer was first: the lane was read again. */
  ConditionsFailed = 0;
  /** Conflicts, throttling and lost answers. */
  TransactionsRepeated = 0;
  LanesRead = 0;
  /** Reports whose flows could not be logged in time; they are given up. */
  FlowLogsNotWritten = 0;
}
