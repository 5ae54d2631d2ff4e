import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { Caller } from '../access/caller.ts';
import { readAuditLog } from '../audit/read-audit-log.ts';
import { eventOfEntry, publicActor as publicCaller } from '../events/event-of-entry.ts';
import { EXPORT_STATUS, type ExportJob } from '../export/export-job.ts';
import { listJobs } from '../export/job-store.ts';
import { readArchiveHead } from '../inventory/archive/archive-head.ts';
import { PATH_PREFIX, sitePartition } from '../inventory/model/inventory-keys.ts';
import { OPERATION_KIND, type RunningOperation } from '../inventory/model/running-operation.ts';
import { endpointTarget, siteTarget } from '../inventory/model/site-events.ts';
import { readSiteItem } from '../inventory/model/site-items.ts';
import { readRunning } from '../inventory/removal/operation-entry.ts';
import { readCountersHead } from '../ledger/figures/counter-slots.ts';
import { type RunningReset, readRunningResets } from '../ledger/figures/running-resets.ts';
import { type RunningVoid, readRunningVoids } from '../ledger/voids/running-voids.ts';
import { repeatUntil } from '../storage/retrying.ts';
import { type StoreContext, timestamp } from '../storage/store-context.ts';

/** Work that needs more than one request. */
export interface Operation {
  /** An export's own id, else that of the audit entry, or an id that exists before the entry. */
  id: string;
  kind: OperationKind;
  /** The target as in the audit log; null: all policies, all counters. */
  target: string | null;
  /** The target's name for people, if it is known. */
  target_name: string | null;
  /** RFC 3339; null: not known. */
  started_at: string | null;
  started_by: Caller | null;
  /** 0 to 1; null: not known. */
  progress: number | null;
  /** Id of the audit entry, which exists at the end; null when it isn't assigned yet. */
  audit_id: string | null;
  /** RFC 3339; null while it runs. */
  finished_at: string | null;
  /** Why it failed; null while it runs and after success. */
  error: string | null;
}

export type OperationKind =
  | 'SITE_DELETION'
  | 'SITE_RESTORE'
  | 'ENDPOINT_REMOVAL'
  | 'ENDPOINT_RESTORE'
  | 'EXPORT'
  | 'RESET'
  | 'VOID'
  | 'RECOVERY';

/** Running work, and when a run last worked on it, milliseconds. */
export type Unfinished = Operation & { worked_at_ms: number };

/** How long ended work is shown. */
const SHOWN_MS = 600_000;

/** How many of the newest audit entries and exports are read. */
const NEWEST = 100;

/** For how many running deletions and restores the progress is counted. */
const COUNTED = 20;

/**
 * Work that runs or ended in the last ten minutes. It includes the caller's exports; for an
 * administrator all exports.
 */
export async function readOperations(context: StoreContext, caller: Caller): Promise<Operation[]> {
  const owner = caller.groups.includes('admin') ? undefined : caller.sub;
  const [running, exports, ended] = await Promise.all([
    readWork(context),
    readExports(context, owner),
    readEnded(context),
  ]);
  const unfinished = running.map(({ worked_at_ms: _, ...operation }) => operation);
  const known = new Set(ended.map(({ audit_id }) => audit_id));
  const all = [...unfinished.filter(({ audit_id }) => !known.has(audit_id)), ...ended];
  const shown = exports.map(operationOfExport).filter(({ finished_at }) => isRecent(context, finished_at));
  return [...all, ...shown].sort((a, b) => newestFirst(a.started_at, b.started_at));
}

/** All running work. */
export async function readUnfinished(context: StoreContext): Promise<Unfinished[]> {
  const [running, exports] = await Promise.all([readWork(context), readExports(context, undefined)]);
  const unfinished = exports
    .filter(({ status }) => status === EXPORT_STATUS.running)
    .map(job => ({
      ...operationOfExport(job),
      worked_at_ms: Math.max(job.started_ms, job.lease_until_ms),
    }));
  return [...running, ...unfinished];
}

async function readWork(context: StoreContext): Promise<Unfinished[]> {
  const [operations, voids, resets, head] = await Promise.all([
    readRunning(context),
    readRunningVoids(context),
    readRunningResets(context),
    readCountersHead(context),
  ]);
  const running = operations.filter(({ state }) => state === 'RUNNING');
  return [
    ...(await Promise.all(
      running.map((operation, index) => ofInventory(context, operation, index < COUNTED)),
    )),
    ...voids.filter(({ done }) => !done).map(ofVoid),
    ...resets.map(ofReset),
    ...(head.building === undefined ? [] : [ofRecovery(head.building)]),
  ];
}

const KINDS: Record<RunningOperation['kind'], OperationKind> = {
  [OPERATION_KIND.deleteSite]: 'SITE_DELETION',
  [OPERATION_KIND.restoreSite]: 'SITE_RESTORE',
  [OPERATION_KIND.removeEndpoint]: 'ENDPOINT_REMOVAL',
  [OPERATION_KIND.restoreEndpoint]: 'ENDPOINT_RESTORE',
};

async function ofInventory(
  context: StoreContext,
  operation: RunningOperation,
  counted: boolean,
): Promise<Unfinished> {
  const { kind, site_id, endpoint_id, audit_id, started_ms, touched_ms, actor } = operation;
  const site = counted ? await readSiteItem(context, site_id) : undefined;
  return {
    ...UNFINISHED,
    id: audit_id,
    kind: KINDS[kind],
    target: endpoint_id === undefined ? siteTarget(site_id) : endpointTarget(site_id, endpoint_id),
    target_name: endpoint_id ?? site?.name ?? null,
    started_at: timestamp(started_ms),
    started_by: publicCaller(actor),
    progress: counted ? await progressOf(context, operation) : null,
    audit_id,
    worked_at_ms: touched_ms,
  };
}

/** The share of an operation's paths that are done; null for operations on endpoints. */
async function progressOf(
  context: StoreContext,
  { kind, site_id, done_paths }: RunningOperation,
): Promise<number | null> {
  if (kind === OPERATION_KIND.deleteSite) {
    const left = await countPaths(context, site_id);
    return left + done_paths === 0 ? 0 : done_paths / (done_paths + left);
  }
  if (kind !== OPERATION_KIND.restoreSite) return null;
  const head = await readArchiveHead(context, site_id);
  return head ? share(done_paths, head.paths) : null;
}

const share = (done: number, all: number) => (all === 0 ? 0 : Math.min(1, done / all));

/** The number of paths in a site's partition, including hidden ones. */
async function countPaths({ client, tables, ...retrying }: StoreContext, site_id: string): Promise<number> {
  const query = new QueryCommand({
    TableName: tables.network,
    KeyConditionExpression: 'pk = :pk AND begins_with(sk, :paths)',
    ExpressionAttributeValues: { ':pk': sitePartition(site_id), ':paths': PATH_PREFIX },
    Select: 'COUNT',
    ConsistentRead: true,
  });
  const { Count = 0 } = await repeatUntil(retrying, () => client.send(query));
  return Count;
}

const UNFINISHED = { progress: null, finished_at: null, error: null, target_name: null, started_by: null };

function ofVoid({ audit_id, at, actor, edge_id }: RunningVoid): Unfinished {
  return {
    ...UNFINISHED,
    id: audit_id,
    kind: 'VOID',
    target: `edge:${edge_id}`,
    target_name: edge_id,
    started_at: timestamp(at),
    started_by: publicCaller(actor),
    audit_id,
    worked_at_ms: at,
  };
}

function ofReset({ chunks_id, at }: RunningReset): Unfinished {
  const started_at = timestamp(at);
  return {
    ...UNFINISHED,
    id: chunks_id,
    kind: 'RESET',
    target: null,
    started_at,
    audit_id: null,
    worked_at_ms: at,
  };
}

// It runs in a program that a person has started; starting it again continues the work.
function ofRecovery(generation: number): Unfinished {
  const id = `recovery-${generation}`;
  return {
    ...UNFINISHED,
    id,
    kind: 'RECOVERY',
    target: 'counters',
    started_at: null,
    audit_id: null,
    worked_at_ms: Number.POSITIVE_INFINITY,
  };
}

async function readExports(context: StoreContext, owner: string | undefined): Promise<ExportJob[]> {
  return (await listJobs(context, { owner, limit: NEWEST })).items;
}

function operationOfExport(job: ExportJob): Operation {
  const { export_id, file_name, started_ms, finished_ms, owner, share: progress, error } = job;
  return {
    id: export_id,
    kind: 'EXPORT',
    target: `export:${export_id}`,
    target_name: file_name,
    started_at: timestamp(started_ms),
    started_by: publicCaller(owner),
    progress,
    audit_id: null,
    finished_at: finished_ms === undefined ? null : timestamp(finished_ms),
    error: error ?? null,
  };
}

/** The kinds of work that end with an audit entry, by operation. */
const ENDED: Record<string, OperationKind> = {
  deleteSite: 'SITE_DELETION',
  restoreSite: 'SITE_RESTORE',
  removeEndpoint: 'ENDPOINT_REMOVAL',
  restoreEndpoint: 'ENDPOINT_RESTORE',
  resetPolicyStats: 'RESET',
  resetAllStats: 'RESET',
  voidBoot: 'VOID',
};

async function readEnded(context: StoreContext): Promise<Operation[]> {
  const filter = { from_ms: context.clock() - SHOWN_MS };
  const { items } = await readAuditLog(context, { limit: NEWEST, filter });
  return items.flatMap(entry => {
    const kind = ENDED[entry.did ?? entry.operation];
    if (entry.outcome === 'REFUSED' || kind === undefined) return [];
    const { target_name, actor } = eventOfEntry(entry);
    return {
      id: entry.id,
      kind,
      target: entry.target,
      target_name,
      started_at: entry.started_at,
      started_by: actor,
      progress: 1,
      audit_id: entry.id,
      finished_at: entry.at,
      error: null,
    };
  });
}

function isRecent({ clock }: StoreContext, finished_at: string | null): boolean {
  return finished_at === null || Date.parse(finished_at) > clock() - SHOWN_MS;
}

function newestFirst(a: string | null, b: string | null): number {
  return Date.parse(b ?? '9999-01-01') - Date.parse(a ?? '9999-01-01');
}
