import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { z } from 'zod';
import type { ItemKey } from '../../storage/item.ts';
import { conditionOf } from '../../storage/item-update.ts';
import { parseItem } from '../../storage/parse-item.ts';
import { conditionHeld, repeatUntil } from '../../storage/retrying.ts';
import type { StoreContext } from '../../storage/store-context.ts';
import type { ThresholdState } from './judge-threshold.ts';

const KEY: ItemKey = { pk: 'THRESHOLDS', sk: 'STATES' };

/** The states of all thresholds after a minute: one item, so that a minute is judged once. */
export interface ThresholdStates {
  /** Milliseconds since the epoch. */
  minute_ms: number;
  /** By the thresholds' ids. */
  states: ReadonlyMap<string, ThresholdState>;
}

const stateSchema = z.object({
  revision: z.string(),
  value: z.number().nullable(),
  count: z.number(),
  since_ms: z.number().nullable(),
  unknown_since_ms: z.number().nullable(),
});

const statesSchema = z.object({ minute_ms: z.number(), states: z.record(z.string(), stateSchema) });

/** Undefined before any minute with thresholds. @throws BrokenItem */
export async function readStates(context: StoreContext): Promise<ThresholdStates | undefined> {
  const { client, tables } = context;
  const get = new GetCommand({ TableName: tables.traffic, Key: KEY, ConsistentRead: true });
  const { Item } = await repeatUntil(context, () => client.send(get));
  if (!Item) return undefined;
  const { minute_ms, states } = parseItem(statesSchema, Item);
  return { minute_ms, states: new Map(Object.entries(states)) };
}

/**
 * Replaces the states that were read by those of a minute; false: another run was faster.
 */
export async function keepStates(
  context: StoreContext,
  before: ThresholdStates | undefined,
  { minute_ms, states }: ThresholdStates,
): Promise<boolean> {
  const unchanged = before
    ? conditionOf({ expression: '#minute_ms = :was', values: { was: before.minute_ms } })
    : conditionOf({ expression: 'attribute_not_exists(#pk)' });
  const put = new PutCommand({
    TableName: context.tables.traffic,
    Item: { ...KEY, minute_ms, states: Object.fromEntries(states) },
    ...unchanged,
  });
  return conditionHeld(repeatUntil(context, () => context.client.send(put)));
}
