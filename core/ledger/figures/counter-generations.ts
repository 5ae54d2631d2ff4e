import { randomInt } from 'node:crypto';
import type { Caller } from '../../access/caller.ts';
import { auditAction } from '../../audit/audit-action.ts';
import { Conflict } from '../../errors.ts';
import { commitChange } from '../../storage/commit-change.ts';
import { conditionOf, type ItemCondition, updateItem } from '../../storage/item-update.ts';
import { repeatUntil } from '../../storage/retrying.ts';
import type { StoreContext } from '../../storage/store-context.ts';
import type { WriteAction } from '../../storage/write-action.ts';
import { COUNTERS_HEAD_KEY, type CountersHead, readCountersHead } from './counter-slots.ts';

/*
 * Counters are rebuilt in a generation of their own (docs/decisions/117): the head names it, each
 * lane moves into it, and then the head shows it. A generation's number is random and never used
 * again, also in a table that was restored to an earlier time.
 */

const BELOW = 2 ** 48 - 1;

/** A generation that is being built. */
export interface Building {
  generation: number;
  /** False: an earlier call began it. */
  begun: boolean;
}

/**
 * Names the generation to build, or resumes the one that was begun.
 *
 * @param restart discards the generation that was begun: for a table that was restored to a time
 * when one was being built
 */
export function beginBuilding(
  context: StoreContext,
  { actor, restart = false }: { actor: Caller; restart?: boolean },
): Promise<Building> {
  return commitChange<Building>(context, async begun => {
    const head = await repeatUntil(context, () => readCountersHead(context));
    const { building, generation: shown } = head;
    if (building !== undefined && !restart) {
      return { actions: [], result: { generation: building, begun: false } };
    }
    const generation = randomInt(1, BELOW);
    const audit = auditAction(context.tables, begun, {
      actor,
      operation: 'recoverCounters',
      target: 'counters',
      before: { shown },
      after: { shown, building: generation },
    });
    const discarded = building === undefined ? [] : [{ generation: building, at: context.clock() }];
    const set = { building: generation, retired: [...head.retired, ...discarded] };
    return {
      actions: [changeHead(context, head, { set }), audit],
      result: { generation, begun: true },
    };
  });
}

/**
 * Shows the generation that was built. If several callers ask for it, one of them does it.
 *
 * @throws Conflict when another generation is being built by now
 */
export function showBuilt(
  context: StoreContext,
  { actor, generation }: { actor: Caller; generation: number },
): Promise<void> {
  return commitChange<void>(context, async begun => {
    const head = await repeatUntil(context, () => readCountersHead(context));
    if (head.generation === generation) return { actions: [], result: undefined };
    if (head.building !== generation) {
      throw new Conflict(
        'Another recovery of the counters was begun meanwhile. Run the same command again to resume it.',
      );
    }
    const audit = auditAction(context.tables, begun, {
      actor,
      operation: 'recoverCounters',
      target: 'counters',
      before: { shown: head.generation, building: generation },
      after: { shown: generation },
    });
    const retired = [...head.retired, { generation: head.generation, at: context.clock() }];
    const change = changeHead(context, head, { set: { generation, retired }, remove: ['building'] });
    return { actions: [change, audit], result: undefined };
  });
}

/** Removes a generation from the list of those that clean-up has to delete. */
export async function forgetRetired(context: StoreContext, generation: number): Promise<void> {
  await commitChange<void>(context, async () => {
    const head = await repeatUntil(context, () => readCountersHead(context));
    const retired = head.retired.filter(each => each.generation !== generation);
    if (retired.length === head.retired.length) return { actions: [], result: undefined };
    return { actions: [changeHead(context, head, { set: { retired } })], result: undefined };
  });
}

/**
 * The condition of each transaction that moves lanes: lanes still have to move to this generation.
 */
export function whileMovingTo(table: string, to: number): WriteAction {
  const expression = '#building = :to OR (attribute_not_exists(#building) AND #generation = :to)';
  return check(table, { expression, values: { to } });
}

/**
 * The condition of a transaction that stores figures of the counters: the counters that were read
 * are still the ones that are shown.
 */
export function whileShown(table: string, { generation }: CountersHead): WriteAction {
  const expression =
    'attribute_not_exists(#building) AND (attribute_not_exists(#generation) OR #generation = :generation)';
  return check(table, { expression, values: { generation } });
}

function check(TableName: string, condition: ItemCondition): WriteAction {
  return { ConditionCheck: { TableName, Key: COUNTERS_HEAD_KEY, ...conditionOf(condition) } };
}

/** Changes the head if it is still as it was read. */
function changeHead(
  { tables }: StoreContext,
  { generation, building, retired }: CountersHead,
  change: { set: Record<string, unknown>; remove?: string[] },
): WriteAction {
  const isBuilding = building === undefined ? 'attribute_not_exists(#building)' : '#building = :building';
  const expression = `${isBuilding} AND (attribute_not_exists(#generation) OR #generation = :generation) AND (attribute_not_exists(#retired) OR #retired = :retired)`;
  const values = { generation, retired, ...(building !== undefined && { building }) };
  const condition = { expression, values };
  return { Update: updateItem({ table: tables.traffic, key: COUNTERS_HEAD_KEY, ...change, condition }) };
}
