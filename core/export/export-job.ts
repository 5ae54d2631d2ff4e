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
 * Partition of all exports in the Traffic table. They are few and expire after days. The sort key
 * is the export's id, a ULID.
 */
export const EXPORT_PARTITION = 'EXPORT';

export function exportKey(export_id: string): ItemKey {
  return { pk: EXPORT_PARTITION, sk: export_id };
}

/**
 * An export: the request, its progress, and what the next run of the function needs to continue.
 */
export interface ExportJob {
  export_id: string;
  request: SettledRequest;
  owner: Caller;
  status: ExportStatus;
  file_name: string;
  /**
   * Whether it has columns with the names of ids and the estimated share. False for exports that an
   * earlier release began.
   */
  named_columns: boolean;
  /** The key of the file in the bucket, which exists once the export is done. */
  object_key: string;
  started_ms: number;
  finished_ms?: number | undefined;
  /** Seconds since the epoch; the TTL attribute. */
  expires_at: number;
  /** Progress, 0 to 1. */
  share: number;
  rows: number;
  bytes: number;
  /** Why it failed, for a person. */
  error?: string | undefined;
  /** The run that may write until its lease ends. No other run may write until then. */
  run_id?: string | undefined;
  /** End of the lease, after the run's end; milliseconds since the epoch. 0: no run works on it. */
  lease_until_ms: number;
  /** Runs that have begun since the last checkpoint. */
  tries: number;
  /** The upload in parts, once it has begun. */
  upload_id?: string | undefined;
  checkpoint: Checkpoint;
}

/** The fields that change while an export runs. */
export type ExportProgress = Partial<Omit<ExportJob, 'export_id' | 'request' | 'owner'>>;

/** The safely stored beginning of the file, and where the rows after it begin. */
export interface Checkpoint {
  /** The table's position; null: the beginning. */
  position: string | null;
  rows: number;
  bytes: number;
  /** ETags of the parts, in order. */
  parts: string[];
  /** Object with the text that is too short for a part; null: there is none. */
  tail_key: string | null;
  /** All rows are in the parts, which have to be completed to a file. */
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
