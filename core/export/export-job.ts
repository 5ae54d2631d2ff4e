import type { Caller } from '../access/caller.ts';
import type { ItemKey } from '../storage/item.ts';
import type { SettledRequest } from './export-request.ts';

export const EXPORT_STATUS = {
  running: 'RUNNING',
  done: 'DONE',
  failed: 'FAILED',
  cancelled: 'CANCELLED',
} as const;
export type ExportStatus = (typeof EXPORT_STATUS)[keyof typeof EXPORT_STATUS];

/**
 * Partition of all exports in the Traffic table: few, and forgotten after days. Sort key is the
 * export's id, a ULID.
 */
export const EXPORT_PARTITION = 'EXPORT';

export function exportKey(export_id: string): ItemKey {
  return { pk: EXPORT_PARTITION, sk: export_id };
}

/**
 * An export: what was asked for, how far it has come, and what the next run of the function needs
 * to go on.
 */
export interface ExportJob {
  export_id: string;
  request: SettledRequest;
  owner: Caller;
  status: ExportStatus;
  file_name: string;
  /**
   * It has columns with the names of ids, and the estimated share: true for all but those that an
   * earlier release began.
   */
  named_columns: boolean;
  /** Where the file is in the bucket once the export is done. */
  object_key: string;
  started_ms: number;
  finished_ms?: number | undefined;
  /** Seconds since the epoch; the TTL attribute. */
  expires_at: number;
  /** How far it has come, 0 to 1. */
  share: number;
  rows: number;
  bytes: number;
  /** Why it failed, for a person. */
  error?: string | undefined;
  /** The run that may write, until its lease ends; no other run writes meanwhile. */
  run_id?: string | undefined;
  /** Later than the end of the run's life, milliseconds since the epoch; 0: no run works on it. */
  lease_until_ms: number;
  /** Runs that have begun since the last checkpoint. */
  tries: number;
  /** The upload in parts, as soon as there is one. */
  upload_id?: string | undefined;
  checkpoint: Checkpoint;
}

/** What changes while an export runs. */
export type ExportProgress = Partial<Omit<ExportJob, 'export_id' | 'request' | 'owner'>>;

/** What of the file is safe, and where the rows go on behind it. */
export interface Checkpoint {
  /** As the table gave it; null: from the beginning. */
  position: string | null;
  rows: number;
  bytes: number;
  /** ETags of the parts, in order. */
  parts: string[];
  /** Object that holds what is too short for a part; null: nothing. */
  tail_key: string | null;
  /** All rows are in the parts: only putting them together is left. */
  finished: boolean;
}

export const NOTHING_WRITTEN: Checkpoint = {
  position: null,
  rows: 0,
  bytes: 0,
  parts: [],
  tail_key: null,
  finished: false,
};
