import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import { z } from 'zod';
import { parseItem } from '../../storage/parse-item.ts';
import { repeatUntil } from '../../storage/retrying.ts';
import { type StoreContext, timestamp } from '../../storage/store-context.ts';
import { TTL_ATTRIBUTE } from '../../storage/tables.ts';
import type { WriteAction } from '../../storage/write-action.ts';
import { replacedStatesKey, replacedStatesRange } from '../path-keys.ts';
import type { StatesByPolicy } from './path-out.ts';
import { type PathState, pathStateSchema } from './path-state.ts';

/**
 * How long replaced states are kept: a little longer than the default of the minutes' samples, from
 * which decisions of the past are computed.
 */
const KEEP_MS = 50 * 3_600_000;

const replacedSchema = z.object({ policies: z.record(z.string(), pathStateSchema).default({}) });

/** The action that keeps states which are replaced now, for the transaction that replaces them. */
export function keepReplacedStates(
  { tables, clock }: Pick<StoreContext, 'tables' | 'clock'>,
  { path_id, policies }: { path_id: string; policies: StatesByPolicy },
): WriteAction {
  const now = clock();
  const expires_at = Math.ceil((now + KEEP_MS) / 1000);
  const Item = { ...replacedStatesKey(path_id, timestamp(now)), policies, [TTL_ATTRIBUTE]: expires_at };
  return { Put: { TableName: tables.traffic, Item } };
}

/**
 * The states of a path that held at an instant and were replaced since. Undefined: none were
 * replaced, so the present ones held then.
 */
export async function readReplacedStates(
  context: StoreContext,
  { path_id, at_ms }: { path_id: string; at_ms: number },
): Promise<Record<string, PathState> | undefined> {
  const { pk, after, last } = replacedStatesRange(path_id, timestamp(at_ms));
  const query = new QueryCommand({
    TableName: context.tables.traffic,
    KeyConditionExpression: 'pk = :pk AND sk BETWEEN :after AND :last',
    ExpressionAttributeValues: { ':pk': pk, ':after': after, ':last': last },
    Limit: 1,
    ConsistentRead: true,
  });
  const { Items = [] } = await repeatUntil(context, () => context.client.send(query));
  return Items[0] && parseItem(replacedSchema, Items[0]).policies;
}

/**
 * Whether two states of a path differ in which policies have left it, since when or until when.
 * Measurements don't count.
 */
export function changesSides(before: StatesByPolicy, after: StatesByPolicy): boolean {
  const ids = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...ids].some(id => {
    const [one, other] = [before[id], after[id]];
    return (
      (one?.out ?? false) !== (other?.out ?? false) ||
      one?.since_ms !== other?.since_ms ||
      one?.until_ms !== other?.until_ms ||
      one?.until_restored !== other?.until_restored
    );
  });
}
