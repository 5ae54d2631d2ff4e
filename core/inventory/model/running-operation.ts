import type { Caller } from '../../access/caller.ts';
import type { Item, ItemKey } from '../../storage/item.ts';
import { runningKey } from './inventory-keys.ts';

/** What takes more than one transaction, or must not be seen half done. */
export const OPERATION_KIND = {
  deleteSite: 'DELETE_SITE',
  restoreSite: 'RESTORE_SITE',
  removeEndpoint: 'REMOVE_ENDPOINT',
} as const;
export type OperationKind = (typeof OPERATION_KIND)[keyof typeof OPERATION_KIND];

/** An entry of the running deletions: readers hide what it names; whoever finds it cut off can finish it. */
export interface RunningOperation {
  operation_id: string;
  kind: OperationKind;
  site_id: string;
  /** Only for REMOVE_ENDPOINT. */
  endpoint_id?: string;
  /** The site's life that it ends or begins. */
  life: number;
  state: 'RUNNING' | 'ENDED';
  /** Allotted at the beginning, so that the answer can name it before the entry stands in the log. */
  audit_id: string;
  actor: Caller;
  started_ms: number;
  /** When somebody last worked on it; who finds it old takes over. */
  touched_ms: number;
  ended_ms?: number;
  /** Endpoints and paths that are through, as far as told; progress, not accounting. */
  done_paths: number;
  endpoints: number;
  /** Number of the site's last event that told of it; who raises it locks on it. */
  seq: number;
  /** Set by whoever runs out of time: the table's stream then starts the worker function, which takes it back. */
  handed_over: boolean;
}

/** How long an entry stays after its end, so that a reader who began before the end still finds it. */
export const KEEP_ENDED_MS = 60_000;

/** Cut off, when nobody has worked on it for so long. A runner reports at least every few seconds. */
export const CUT_OFF_MS = 30_000;

export const runningItem = (operation: RunningOperation): Item & ItemKey => ({
  ...runningKey(operation.site_id, operation.endpoint_id),
  ...operation,
});
