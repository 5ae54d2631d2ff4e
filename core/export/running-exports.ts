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

/** Begins the partition, in the Traffic table, of what an owner has running. */
const OWNER_PREFIX = 'OWNER#';

/**
 * The exports that an owner started last, of which some may have ended. A start replaces it, so two
 * starts can't both take the last place.
 */
const itemSchema = z.object({ version: z.string(), ids: z.array(z.string()) });

/** What of an owner's is running, and the item that a start must find as it was read. */
export interface RunningExports {
  owner: string;
  ids: string[];
  /** undefined: there is no item yet. */
  version: string | undefined;
}

/**
 * The exports of an owner that are running, exactly as long as the item is unchanged. Those that
 * were started before there was an item are looked for.
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
 * The action that enters one more export beside those that are running, if no other was started
 * since they were read.
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
