import { QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { z } from 'zod';
import type { FigureScope } from '../../graphql/schema.generated.ts';
import type { ItemKey } from '../storage/item.ts';
import { updateItem } from '../storage/item-update.ts';
import { parseItem } from '../storage/parse-item.ts';
import { ConditionFailed, repeatUntil } from '../storage/retrying.ts';
import type { StoreContext } from '../storage/store-context.ts';
import { FIGURE_SCOPES } from './figure.ts';

/** Partition of the leases, one item a scope: four small items without TTL. */
const FIGURES_PARTITION = 'FIGURES';

/** How long figures are published after a client has requested them, milliseconds. */
export const LEASE_MS = 120_000;

/** A lease: clients follow the figures of a scope. */
export interface FigureLease {
  scope: FigureScope;
  /** When it expires, milliseconds since the epoch. */
  lease_until_ms: number;
  /** The last publication's number. */
  seq: number;
}

const leaseSchema = z.object({
  sk: z.enum(FIGURE_SCOPES),
  lease_until_ms: z.number(),
  seq: z.number().default(0),
});

/**
 * Renews the lease of a scope. Publications after `seq` are newer than the caller's next reading.
 *
 * @throws Throttled at the deadline
 */
export async function renewLease(context: StoreContext, scope: FigureScope): Promise<FigureLease> {
  const { client, tables, clock } = context;
  const update = {
    ...updateItem({
      table: tables.traffic,
      key: leaseKey(scope),
      set: { lease_until_ms: clock() + LEASE_MS },
      add: { seq: 0 },
    }),
    ReturnValues: 'ALL_NEW' as const,
  };
  const { Attributes } = await repeatUntil(context, () => client.send(new UpdateCommand(update)));
  return toLease(Attributes);
}

/**
 * The scopes that clients follow now, by one small, strongly consistent read.
 *
 * @throws Throttled at the deadline
 */
export async function readLeases(context: StoreContext): Promise<FigureLease[]> {
  const { client, tables, clock } = context;
  const query = new QueryCommand({
    TableName: tables.traffic,
    KeyConditionExpression: 'pk = :pk',
    ExpressionAttributeValues: { ':pk': FIGURES_PARTITION },
    ConsistentRead: true,
  });
  const { Items = [] } = await repeatUntil(context, () => client.send(query));
  return Items.map(toLease).filter(({ lease_until_ms }) => lease_until_ms > clock());
}

/**
 * Claims the publication of a scope that is due at `tick_ms`; of overlapping runs one claims it.
 * The number is raised by one in any case, so that a lost publication shows as a gap.
 *
 * @returns the lease with the publication's number; undefined when another run has claimed it
 * @throws Throttled at the deadline
 */
export async function claimPublication(
  context: StoreContext,
  { scope, tick_ms }: { scope: FigureScope; tick_ms: number },
): Promise<FigureLease | undefined> {
  const { client, tables } = context;
  const update = {
    ...updateItem({
      table: tables.traffic,
      key: leaseKey(scope),
      set: { tick_ms },
      add: { seq: 1 },
      condition: {
        expression: 'attribute_exists(#pk) AND (attribute_not_exists(#tick_ms) OR #tick_ms < :tick_ms)',
        values: { tick_ms },
      },
    }),
    ReturnValues: 'ALL_NEW' as const,
  };
  try {
    const { Attributes } = await repeatUntil(context, () => client.send(new UpdateCommand(update)));
    return toLease(Attributes);
  } catch (cause) {
    if (cause instanceof ConditionFailed) return undefined;
    throw cause;
  }
}

function leaseKey(scope: FigureScope): ItemKey {
  return { pk: FIGURES_PARTITION, sk: scope };
}

function toLease(item: Record<string, unknown> | undefined): FigureLease {
  const { sk, ...lease } = parseItem(leaseSchema, item ?? {});
  return { scope: sk, ...lease };
}
