import { randomUUID } from 'node:crypto';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { z } from 'zod';
import { batchGet } from '../storage/batch-get.ts';
import type { Item, ItemKey } from '../storage/item.ts';
import { conditionOf } from '../storage/item-update.ts';
import { parseItem } from '../storage/parse-item.ts';
import { repeatUntil } from '../storage/retrying.ts';
import type { StoreContext } from '../storage/store-context.ts';
import { TTL_ATTRIBUTE } from '../storage/tables.ts';
import type { WriteAction } from '../storage/write-action.ts';
import { EXPORT_STATUS, exportKey } from './export-job.ts';
import { runningOf } from './job-store.ts';

/** The beginning of the partition, in the Traffic table, of an owner's running exports. */
const OWNER_PREFIX = 'OWNER#';

/**
 * The exports that an owner started last, of which some may have ended. Each start replaces the
 * item, so two concurrent starts can't both use the last place.
 */
const itemSchema = z.object({ version: z.string(), ids: z.array(z.string()) });

/** The running exports of an owner, and the version of the item that a start must still find. */
export interface RunningExports {
  owner: string;
  ids: string[];
  /** undefined: there is no item yet. */
  version: string | undefined;
}

/**
 * The running exports of an owner, which is exact while the item is unchanged. Without an item it
 * searches all exports, because earlier releases wrote none.
 */
export async function readRunning(context: StoreContext, owner: string): Promise<RunningExports> {
  const { client, tables } = context;
  const get = new GetCommand({ TableName: tables.traffic, Key: keyOf(owner), ConsistentRead: true });
  const { Item } = await repeatUntil(context, () => client.send(get));
  if (!Item) return { owner, ids: await runningOf(context, owner), version: undefined };
  const { version, ids } = parseItem(itemSchema, Item);
  const jobs = await batchGet<ItemKey & Item>(ids.map(exportKey), { ...context, table: tables.traffic });
  const now_s = context.clock() / 1000;
  const running = jobs.filter(
    job => job.status === EXPORT_STATUS.running && Number(job[TTL_ATTRIBUTE]) > now_s,
  );
  return { owner, ids: running.map(({ sk }) => sk), version };
}

/**
 * The action that adds an export to the running ones, on condition that no other was started since
 * they were read.
 */
export function addRunning(
  { tables }: StoreContext,
  { owner, ids, version }: RunningExports,
  job: { export_id: string; expires_at: number },
): WriteAction {
  return {
    Put: {
      TableName: tables.traffic,
      Item: {
        ...keyOf(owner),
        version: randomUUID(),
        ids: [...ids, job.export_id],
        [TTL_ATTRIBUTE]: job.expires_at,
      },
      ...conditionOf(
        version === undefined
          ? { expression: 'attribute_not_exists(#pk)' }
          : { expression: '#version = :version', values: { version } },
      ),
    },
  };
}

const keyOf = (owner: string): ItemKey => ({ pk: OWNER_PREFIX + owner, sk: 'RUNNING' });
