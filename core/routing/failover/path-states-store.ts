import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { z } from 'zod';
import { batchGet } from '../../storage/batch-get.ts';
import type { Item } from '../../storage/item.ts';
import { conditionOf } from '../../storage/item-update.ts';
import { parseItem } from '../../storage/parse-item.ts';
import { repeatUntil } from '../../storage/retrying.ts';
import type { StoreContext } from '../../storage/store-context.ts';
import type { WriteAction } from '../../storage/write-action.ts';
import { type PathMetrics, pathMetricsSchema } from '../health/path-metrics.ts';
import { statesKey } from '../path-keys.ts';
import { EVERY_POLICY } from './path-out.ts';
import { type PathState, pathStateSchema } from './path-state.ts';
import { changesSides, keepReplacedStates } from './replaced-states.ts';

/**
 * Which policies have left a path. A policy without a state uses it. Of a path that an operator
 * withdrew, a policy without a state has that of {@link EVERY_POLICY}, and a policy that has come
 * back has a state that is not out.
 */
export interface PathStates {
  path_id: string;
  /** 0: nothing is stored. */
  version: number;
  policies: Record<string, PathState>;
  /** The last measurements since a policy left the path, newest last; empty while all use it. */
  samples: readonly PathMetrics[];
}

/** Enough for the minute that brings a path back, with a measurement every few seconds. */
const SAMPLES_KEPT = 20;

export async function readPathStates(context: StoreContext, path_id: string): Promise<PathStates> {
  const { client, tables } = context;
  const { Item } = await repeatUntil(context, () =>
    client.send(new GetCommand({ TableName: tables.traffic, Key: statesKey(path_id), ConsistentRead: true })),
  );
  return fromItem(path_id, Item);
}

/** The states of many paths in the order of the ids, strongly consistent. */
export async function readManyPathStates(
  context: StoreContext,
  pathIds: readonly string[],
): Promise<PathStates[]> {
  const items = await batchGet(pathIds.map(statesKey), { ...context, table: context.tables.traffic });
  const found = new Map(items.map(item => [item.pk, item]));
  return pathIds.map(id => fromItem(id, found.get(statesKey(id).pk)));
}

/**
 * The actions that write new states, on condition that the version from which they were computed is
 * still the stored one. If a policy leaves the path or comes back, they also keep the replaced
 * states. A policy that uses the path needs no state, unless it has come back to a withdrawn path.
 */
export function statesActions(
  context: Pick<StoreContext, 'tables' | 'clock'>,
  before: PathStates,
  policies: Record<string, PathState>,
): WriteAction[] {
  const { path_id } = before;
  const replaced = changesSides(before.policies, policies)
    ? [keepReplacedStates(context, { path_id, policies: before.policies })]
    : [];
  return [statesAction(context, before, policies), ...replaced];
}

function statesAction(
  { tables }: Pick<StoreContext, 'tables'>,
  before: PathStates,
  policies: Record<string, PathState>,
): WriteAction {
  const withdrawn = policies[EVERY_POLICY]?.out ?? false;
  const out = Object.entries(policies).filter(([, state]) => state.out || withdrawn);
  return {
    Put: {
      TableName: tables.traffic,
      Item: {
        ...statesKey(before.path_id),
        version: before.version + 1,
        policies: Object.fromEntries(out),
        samples: out.length > 0 ? before.samples.slice(-SAMPLES_KEPT) : [],
      },
      ...conditionOf(
        before.version === 0
          ? { expression: 'attribute_not_exists(#pk)' }
          : { expression: '#version = :before', values: { before: before.version } },
      ),
    },
  };
}

const statesSchema = z.object({
  version: z.number().default(0),
  policies: z.record(z.string(), pathStateSchema).default({}),
  samples: z.array(pathMetricsSchema).default([]),
});

function fromItem(path_id: string, item: Item | undefined): PathStates {
  return { path_id, ...parseItem(statesSchema, item ?? {}) };
}
