import { randomUUID } from 'node:crypto';
import { GetCommand, QueryCommand, type QueryCommandInput, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { Item } from '../storage/item.ts';
import { conditionOf, type ItemCondition, updateItem } from '../storage/item-update.ts';
import { makePageToken, readPageToken } from '../storage/page-token.ts';
import { conditionHeld, repeatUntil } from '../storage/retrying.ts';
import type { StoreContext } from '../storage/store-context.ts';
import { TTL_ATTRIBUTE } from '../storage/tables.ts';
import type { WriteAction } from '../storage/write-action.ts';
import { exportItem, parseExport } from './export-item.ts';
import {
  EXPORT_PARTITION,
  EXPORT_STATUS,
  type ExportJob,
  type ExportProgress,
  exportKey,
} from './export-job.ts';

/** The action that stores a new export. */
export function putJob({ tables }: StoreContext, job: ExportJob): WriteAction {
  return {
    Put: {
      TableName: tables.traffic,
      Item: exportItem(job),
      ...conditionOf({ expression: 'attribute_not_exists(#pk)' }),
    },
  };
}

/**
 * An export, read strongly consistent; undefined when there is none or it has expired.
 * @throws UnreadableExport
 */
export async function readJob(context: StoreContext, export_id: string): Promise<ExportJob | undefined> {
  const get = new GetCommand({
    TableName: context.tables.traffic,
    Key: exportKey(export_id),
    ConsistentRead: true,
  });
  const { Item } = await repeatUntil(context, () => context.client.send(get));
  const job = Item && parseExport(Item);
  return job && job.expires_at * 1000 > context.clock() ? job : undefined;
}

export interface JobPage {
  items: ExportJob[];
  next_token: string | null;
}

/**
 * Exports of one owner or of all, from the newest on.
 * @throws ValidationError for a broken token · UnreadableExport
 */
export async function listJobs(
  context: StoreContext,
  {
    owner,
    limit,
    next_token,
  }: { owner?: string | undefined; limit: number; next_token?: string | null | undefined },
): Promise<JobPage> {
  const items: ExportJob[] = [];
  const [before] = readPageToken('exports', next_token, [/^[0-9A-Z]{26}$/]) ?? [];
  for await (const page of jobPages(context, { before, ...ownedBy(owner) })) {
    for (const item of page) {
      if (items.length === limit) {
        return { items, next_token: makePageToken('exports', [items.at(-1)!.export_id]) };
      }
      items.push(parseExport(item));
    }
  }
  return { items, next_token: null };
}

/** Ids of an owner's running exports, found by reading all exports. */
export async function runningOf(context: StoreContext, owner: string): Promise<string[]> {
  const { filter, values, names } = ownedBy(owner);
  const running: string[] = [];
  const pages = jobPages(context, {
    filter: `${filter} AND #status = :running`,
    names: { ...names, '#status': 'status' },
    values: { ...values, ':running': EXPORT_STATUS.running },
  });
  for await (const page of pages) running.push(...page.map(({ sk }) => String(sk)));
  return running;
}

/**
 * Ids of exports without a run that have work left: they are unfinished, or have an upload to
 * remove.
 */
export async function* abandonedExports(context: StoreContext): AsyncGenerator<string> {
  const pages = jobPages(context, {
    filter:
      '#lease_until_ms < :now_ms AND (#status = :running OR (#status <> :done AND attribute_exists(#upload_id)))',
    names: { '#lease_until_ms': 'lease_until_ms', '#status': 'status', '#upload_id': 'upload_id' },
    values: {
      ':now_ms': context.clock(),
      ':running': EXPORT_STATUS.running,
      ':done': EXPORT_STATUS.done,
    },
  });
  for await (const page of pages) yield* page.map(({ sk }) => String(sk));
}

/**
 * Exports that have ended since a time and have no event yet.
 * @throws UnreadableExport
 */
export async function* unpublishedExports(
  context: StoreContext,
  since_ms: number,
): AsyncGenerator<ExportJob> {
  const pages = jobPages(context, {
    filter: '#finished_ms > :since_ms AND attribute_not_exists(#told)',
    names: { '#finished_ms': 'finished_ms', '#told': 'told' },
    values: { ':since_ms': since_ms },
  });
  for await (const page of pages) yield* page.map(parseExport);
}

/** Whether a run of the function has work to do. */
function hasWork({ status, upload_id }: ExportJob): boolean {
  if (status === EXPORT_STATUS.running) return true;
  return status !== EXPORT_STATUS.done && upload_id !== undefined;
}

interface JobFilter {
  /** The id after which to begin. */
  before?: string | undefined;
  filter?: string;
  names?: Record<string, string>;
  values?: Record<string, unknown>;
}

function ownedBy(owner: string | undefined): JobFilter {
  if (owner === undefined) return {};
  return {
    filter: '#owner.#sub = :owner',
    names: { '#owner': 'owner', '#sub': 'sub' },
    values: { ':owner': owner },
  };
}

async function* jobPages(
  { client, tables, clock, ...retrying }: StoreContext,
  { before, filter, names, values }: JobFilter,
): AsyncGenerator<Item[]> {
  let start: Item | undefined = before === undefined ? undefined : { ...exportKey(before) };
  do {
    const query: QueryCommandInput = {
      TableName: tables.traffic,
      KeyConditionExpression: 'pk = :pk',
      FilterExpression: filter === undefined ? '#ttl > :now' : `#ttl > :now AND ${filter}`,
      ExpressionAttributeNames: { '#ttl': TTL_ATTRIBUTE, ...names },
      ExpressionAttributeValues: {
        ...values,
        ':pk': EXPORT_PARTITION,
        ':now': Math.floor(clock() / 1000),
      },
      ScanIndexForward: false,
      ConsistentRead: true,
      ...(start && { ExclusiveStartKey: start }),
    };
    const { Items = [], LastEvaluatedKey } = await repeatUntil({ clock, ...retrying }, () =>
      client.send(new QueryCommand(query)),
    );
    yield Items;
    start = LastEvaluatedKey;
  } while (start);
}

/**
 * Claims an export for a run of the function until `lease_until_ms`, which must be after the run's
 * end. No other run writes before that.
 *
 * @returns undefined when another run has the claim, or when there is no work to do
 * @throws UnreadableExport
 */
export async function takeJob(
  context: StoreContext,
  { export_id, lease_until_ms }: { export_id: string; lease_until_ms: number },
): Promise<ExportJob | undefined> {
  const job = await readJob(context, export_id);
  if (!job || !hasWork(job)) return undefined;
  const run_id = randomUUID();
  const changed = await change(context, export_id, {
    set: { run_id, lease_until_ms, tries: job.tries + 1 },
    condition: {
      // Its own lease is allowed: the answer to an earlier attempt may have been lost.
      expression: '#status = :as_read AND (#lease_until_ms < :now OR #run_id = :run_id)',
      values: { as_read: job.status, now: context.clock(), run_id },
    },
  });
  if (!changed) return undefined;
  // Read again, because the run before may have written until its lease ended.
  const mine = await readJob(context, export_id);
  return mine?.run_id === run_id ? mine : undefined;
}

/**
 * Changes an export that a run has claimed.
 * @returns false when the run no longer has the claim, or the export has ended
 */
export function changeTaken(
  context: StoreContext,
  { export_id, run_id }: ExportJob,
  set: ExportProgress,
): Promise<boolean> {
  return change(context, export_id, {
    set,
    condition: {
      expression: '#status = :running AND #run_id = :run_id',
      values: { running: EXPORT_STATUS.running, run_id },
    },
  });
}

/** Stores that the upload of an ended export was removed. */
export function forgetUpload(context: StoreContext, { export_id }: ExportJob): Promise<boolean> {
  return change(context, export_id, {
    set: { lease_until_ms: 0 },
    remove: ['upload_id'],
    condition: { expression: '#status <> :running', values: { running: EXPORT_STATUS.running } },
  });
}

interface JobChange {
  condition: ItemCondition;
  set: ExportProgress;
  remove?: (keyof ExportProgress)[];
}

async function change(context: StoreContext, export_id: string, changes: JobChange): Promise<boolean> {
  const update = new UpdateCommand(
    updateItem({
      table: context.tables.traffic,
      key: exportKey(export_id),
      ...changes,
    }),
  );
  return conditionHeld(repeatUntil(context, () => context.client.send(update)));
}
