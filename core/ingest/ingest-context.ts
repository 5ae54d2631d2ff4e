import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { EdgeKeyMemory } from '../edge-keys/edge-key-memory.ts';
import type { FlowObjects } from '../flows/flow-objects.ts';
import type { RecentReports } from '../flows/recent-reports.ts';
import type { CounterSlots } from '../ledger/figures/counter-slots.ts';
import type { ReportRejected } from '../report/rejection.ts';
import type { Report } from '../report/report.ts';
import type { TableNames } from '../storage/tables.ts';
import type { Clock, Sleep } from '../time/clock.ts';
import type { Schedule } from '../time/schedule.ts';
import type { IngestTally } from './ingest-tally.ts';
import type { LaneMemory } from './lane-memory.ts';
import type { QuarantineMemory } from './quarantine-memory.ts';
import type { StreamRecord } from './stream-record.ts';

/** An applied report with path measurements. */
export interface AppliedPathReport {
  report: Report;
  arrived_at_ms: number;
}

/** A report that contradicts earlier ones of its boot. The edge has to begin a new boot. */
export interface ContradictoryReport {
  edge_id: string;
  boot_id: string;
  part: number;
  seq: number;
  /** The sentence for people. */
  reason: string;
}

/** Everything that ingesting a batch needs. */
export interface IngestContext {
  client: DynamoDBDocumentClient;
  tables: TableNames;
  /** Number of counter slots that this deployment counts in. */
  slots: number;
  /** What this container knows of the slots that readers sum; read when needed if left out. */
  covered_slots?: CounterSlots;
  /** What this container knows of edges' keys; read in every turn if left out. */
  edge_keys?: EdgeKeyMemory;
  /** Whether unsigned reports are refused for every edge; false when left out. */
  require_signed?: boolean;
  memory: LaneMemory;
  /** What this function has put into the quarantine. */
  quarantined: QuarantineMemory;
  clock: Clock;
  sleep: Sleep;
  /** 0 ≤ random() < 1, for the jitter. */
  random: () => number;
  /**
   * No new call starts after it: milliseconds since the epoch. Records that aren't applied by then
   * are delivered again.
   */
  deadline: number;
  /** Where flows are logged; without it they are not. */
  flow_log?: {
    objects: FlowObjects;
    schedule: Schedule;
    /**
     * The reports that this container has written; without it a report that is delivered again is
     * written again.
     */
    recent?: RecentReports;
  };
  /** Hours that flow logs are kept; undefined: flows are not logged. */
  flow_log_ttl_hours: number | undefined;
  /**
   * Whether flow logs hold networks (IPv4 /24, IPv6 /56) in place of hosts; false when left out.
   */
  flow_log_mask_hosts?: boolean;
  /**
   * Called after the counts, once per turn of a batch (nearly always one), with the reports that
   * have path measurements. Its failure has no effect on counts.
   */
  onPathReports?: (reports: AppliedPathReport[]) => Promise<void>;
  /**
   * Called once per turn of a batch with such reports, after the counts. Its failure has no effect
   * on counts.
   */
  onContradictions?: (reports: ContradictoryReport[]) => Promise<void>;
  /** Called for each record that can't be counted, before it is put into the quarantine. */
  onRejected?: (record: StreamRecord, reason: ReportRejected) => void;
  /** Logs a warning. */
  warn: (message: string, details: Record<string, unknown>) => void;
  tally: IngestTally;
}
