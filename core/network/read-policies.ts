import { GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { Conflict } from '../errors.ts';
import { backoffMs } from '../storage/backoff.ts';
import type { NetworkContext } from './network-context.ts';
import {
  type DefinedPolicy,
  fromItem,
  META_KEY,
  NO_POLICIES,
  POLICY_PARTITION,
  type PoliciesMeta,
  type PolicyItem,
} from './policy-items.ts';

export interface Policies {
  /** Grows by one with every change; 0 before the first. */
  version: number;
  /** Without the built-in one, in no particular order. */
  defined: DefinedPolicy[];
}

const MAX_READS = 6;

/**
 * All policies, and the version that they are exactly. A query may see one half of a transaction that is landing; then it is
 * repeated, so that no edge ever takes old policies for new ones.
 * @throws Conflict when they change faster than they can be read.
 */
export async function readPolicies(context: NetworkContext): Promise<Policies> {
  for (let attempt = 0; attempt < MAX_READS; attempt += 1) {
    const { meta, items } = await readPartition(context);
    if (isWhole(meta, items)) return { version: meta.version, defined: items.map(fromItem) };
    await context.sleep(backoffMs(attempt, context));
  }
  throw new Conflict('The policies are being changed. Try again in a moment.');
}

/** One defined policy, or undefined. */
export async function readPolicy(context: NetworkContext, id: string): Promise<DefinedPolicy | undefined> {
  if (!/^\d+$/.test(id)) return undefined;
  const { Item } = await context.client.send(
    new GetCommand({
      TableName: context.tables.network,
      Key: { pk: POLICY_PARTITION, sk: id },
      ConsistentRead: true,
    }),
  );
  return Item && fromItem(Item as PolicyItem);
}

/** The policies' version and what comes with it. */
export async function readPoliciesMeta(context: NetworkContext): Promise<PoliciesMeta> {
  const { Item } = await context.client.send(
    new GetCommand({ TableName: context.tables.network, Key: META_KEY, ConsistentRead: true }),
  );
  return (Item as PoliciesMeta | undefined) ?? NO_POLICIES;
}

async function readPartition(context: NetworkContext): Promise<{ meta: PoliciesMeta; items: PolicyItem[] }> {
  const found: PolicyItem[] = [];
  let from: Record<string, unknown> | undefined;
  do {
    const page = await context.client.send(
      new QueryCommand({
        TableName: context.tables.network,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': POLICY_PARTITION },
        ConsistentRead: true,
        ...(from && { ExclusiveStartKey: from }),
      }),
    );
    found.push(...((page.Items ?? []) as PolicyItem[]));
    from = page.LastEvaluatedKey;
  } while (from);
  const meta = found.find(item => item.sk === META_KEY.sk) as PoliciesMeta | undefined;
  return { meta: meta ?? NO_POLICIES, items: found.filter(item => item.sk !== META_KEY.sk) };
}

function isWhole({ version, count, last_change }: PoliciesMeta, items: PolicyItem[]): boolean {
  if (items.length !== count || items.some(item => item.version > version)) return false;
  if (last_change === null) return true;
  const changed = items.find(item => item.sk === last_change.id);
  return last_change.deleted ? changed === undefined : changed?.version === version;
}
