import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Report } from '../report/report.ts';
import type { TableNames } from '../storage/tables.ts';
import type { Clock, Sleep } from '../time/clock.ts';
import type { IngestTally } from './ingest-tally.ts';
import type { LaneMemory } from './lane-memory.ts';
import type { QuarantineMemory } from './quarantine-memory.ts';

/** A report with path measurements that was just applied. */
export interface AppliedPathReport {
  report: Report;
  arrived_at_ms: number;
}

/** What a batch is ingested with. */
export interface IngestContext {
  client: DynamoDBDocumentClient;
  tables: TableNames;
  /** Number of counter slots. */
  slots: number;
  memory: LaneMemory;
  /** What this function has put into the quarantine. */
  quarantined: QuarantineMemory;
  clock: Clock;
  sleep: Sleep;
  /** 0 ≤ random() < 1, for the jitter. */
  random: () => number;
  /** No new call starts after it: milliseconds since the epoch. What isn't applied by then is delivered again. */
  deadline: number;
  /** Hours that flow logs are kept; undefined: flows are not logged. */
  flow_log_ttl_hours: number | undefined;
  /** Whether flow logs hold networks (IPv4 /24, IPv6 /56) in place of hosts; no when left out. */
  flow_log_mask_hosts?: boolean;
  /** Called after the counts, once a turn of a batch (nearly always one), with the reports that hold path measurements. Its failure costs no count. */
  onPathReports?: (reports: AppliedPathReport[]) => Promise<void>;
  /** For what a person should see in the log. */
  warn: (message: string, details: Record<string, unknown>) => void;
  tally: IngestTally;
}
