import { type DynamoDBDocumentClient, paginateQuery } from '@aws-sdk/lib-dynamodb';
import { z } from 'zod';
import { toBigInt } from '../../storage/document-client.ts';
import type { Item } from '../../storage/item.ts';
import { parseItem } from '../../storage/parse-item.ts';
import type { TableNames } from '../../storage/tables.ts';
import { type Counts, readCounters } from './read-counters.ts';

/** Partition of all resets; the sort key is the id of the reset's audit entry, so they sort by time. */
export const BASELINE_PARTITION = 'BASELINE';

/** What a reset covers: one policy, or every policy there was and will be. */
export const ALL_POLICIES = '*';

/** A reset as it is stored: the counters at the time when it was made. The counters themselves stay as they are. */
export interface Baseline {
  /** Id of the reset's audit entry. */
  audit_id: string;
  /** When it was made, milliseconds. */
  at: number;
  /** A policy id, or {@link ALL_POLICIES}. */
  covers: string;
  /** By policy id; a policy that is not in it had counted nothing. */
  policies: Map<string, BaselineCounts>;
  undone: boolean;
}

export type BaselineCounts = Pick<Counts, 'packets' | 'bytes'>;

const count = z.union([z.number(), z.bigint()]).transform(toBigInt);

const baselineSchema = z
  .object({
    sk: z.string(),
    at: z.number(),
    covers: z.string(),
    policies: z.record(z.string(), z.object({ packets: count, bytes: count })),
    undone: z.boolean().default(false),
  })
  .transform(({ sk, policies, ...rest }): Baseline => {
    return { audit_id: sk, ...rest, policies: new Map(Object.entries(policies)) };
  });

/** @throws BrokenItem */
export function baselineFromItem(item: Item): Baseline {
  return parseItem(baselineSchema, item);
}

/** The item of a baseline. */
export function baselineItem({ audit_id, at, covers, policies, undone }: Baseline): Item {
  return {
    pk: BASELINE_PARTITION,
    sk: audit_id,
    at,
    covers,
    policies: Object.fromEntries(policies),
    undone,
  };
}

/**
 * The baselines that can matter for what is shown, newest first: those back to the newest reset of all policies that was not
 * undone. With `all`, every one that was ever made.
 */
export async function readBaselines(
  client: DynamoDBDocumentClient,
  tables: TableNames,
  { all = false } = {},
): Promise<Baseline[]> {
  const pages = paginateQuery(
    { client },
    {
      TableName: tables.traffic,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': BASELINE_PARTITION },
      ScanIndexForward: false,
      ConsistentRead: true,
    },
  );
  const baselines: Baseline[] = [];
  for await (const { Items = [] } of pages) {
    for (const item of Items) {
      const baseline = baselineFromItem(item);
      baselines.push(baseline);
      if (!all && !baseline.undone && baseline.covers === ALL_POLICIES) return baselines;
    }
  }
  return baselines;
}

/** What to take off a policy's counters: the newest baseline that covers it and was not undone. */
function baselineOf(baselines: readonly Baseline[], policy_id: string): BaselineCounts | undefined {
  const newest = baselines.find(baseline => !baseline.undone && coversPolicy(baseline, policy_id));
  return newest && (newest.policies.get(policy_id) ?? { packets: 0n, bytes: 0n });
}

export function coversPolicy({ covers }: Baseline, policy_id: string): boolean {
  return covers === ALL_POLICIES || covers === policy_id;
}

/**
 * The counters as they are shown: less the baselines. The baselines are read first: a reset that comes between shows a
 * moment late, and no figure is ever below zero.
 */
export async function readShownCounters(
  client: DynamoDBDocumentClient,
  tables: TableNames,
  { slots }: { slots: number },
): Promise<Map<string, Counts>> {
  const baselines = await readBaselines(client, tables);
  const counters = await readCounters(client, tables, { slots });
  for (const [policy_id, counts] of counters) {
    const base = baselineOf(baselines, policy_id);
    if (!base) continue;
    counts.packets -= base.packets;
    counts.bytes -= base.bytes;
  }
  return counters;
}
