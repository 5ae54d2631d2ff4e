import type { Caller } from '../access/caller.ts';
import { auditAction } from '../audit/audit-action.ts';
import { refuseChanged } from '../audit/refuse-changed.ts';
import { ValidationError } from '../errors.ts';
import { commitChange } from '../storage/commit-change.ts';
import { conditionOf } from '../storage/item-update.ts';
import { readItem } from '../storage/parse-item.ts';
import { type StoreContext, timestamp } from '../storage/store-context.ts';
import type { WriteAction } from '../storage/write-action.ts';
import {
  groupKey,
  MAX_GROUPS,
  type NamedGroup,
  type NamedGroupInput,
  namedGroupItem,
} from './named-group.ts';
import { noGroup, readNamedGroups } from './read-named-groups.ts';

/**
 * Creates or replaces a group.
 *
 * @throws ValidationError for more than {@link MAX_GROUPS} groups · Conflict when the group has
 * changed since `if_updated_at`
 */
export function saveNamedGroup(
  context: StoreContext,
  actor: Caller,
  { if_updated_at, ...given }: NamedGroupInput & { if_updated_at?: number | undefined },
): Promise<NamedGroup> {
  return commitChange(context, async begun => {
    const { before, put } = await planGroup(context, given.name);
    await refuseChanged(context, currentOf(given.name, before), if_updated_at);
    if (!before && (await readNamedGroups(context)).length >= MAX_GROUPS) {
      throw new ValidationError(
        `There are ${MAX_GROUPS} groups, which is the maximum. Delete one with deleteNamedGroup first.`,
        { arguments: ['name'] },
      );
    }
    const after = { ...given, updated_at: timestamp(context.clock()) };
    const target = targetOf(given.name);
    const audit = auditAction(context.tables, begun, {
      actor,
      operation: 'saveNamedGroup',
      target,
      before: before ?? null,
      after,
    });
    return { actions: [put(after), audit], result: after };
  });
}

/**
 * Deletes a group.
 *
 * @returns the deleted group
 * @throws NotFound · Conflict when the group has changed since `if_updated_at`
 */
export function deleteNamedGroup(
  context: StoreContext,
  actor: Caller,
  { name, if_updated_at }: { name: string; if_updated_at?: number | undefined },
): Promise<NamedGroup> {
  return commitChange(context, async begun => {
    const { before, put } = await planGroup(context, name);
    if (!before) throw noGroup(name);
    await refuseChanged(context, currentOf(name, before), if_updated_at);
    const target = targetOf(name);
    const audit = auditAction(context.tables, begun, {
      actor,
      operation: 'deleteNamedGroup',
      target,
      before,
    });
    return { actions: [put(undefined), audit], result: before };
  });
}

export interface GroupPlan {
  /** The present group; undefined when there is none of the name. */
  before: NamedGroup | undefined;
  /** Replaces or deletes the group; the write fails when the group has changed. */
  put(group: NamedGroup | undefined): WriteAction;
}

/** Reads a group and plans its change. */
export async function planGroup(context: StoreContext, name: string): Promise<GroupPlan> {
  const { tables } = context;
  const key = groupKey(name);
  const item = await readItem(context, key, namedGroupItem);
  const { revision = 0, ...before } = item ?? {};
  const unchanged = conditionOf(
    item
      ? { expression: '#revision = :revision', values: { revision } }
      : { expression: 'attribute_not_exists(#pk)' },
  );
  return {
    before: item && (before as NamedGroup),
    put: group =>
      group
        ? {
            Put: {
              TableName: tables.network,
              Item: { ...key, ...group, revision: revision + 1 },
              ...unchanged,
            },
          }
        : { Delete: { TableName: tables.network, Key: key, ...unchanged } },
  };
}

/** The target of a group's audit entries. */
function targetOf(name: string): string {
  return `group:${name.toLowerCase()}`;
}

function currentOf(name: string, group: NamedGroup | undefined) {
  return { what: `Group ${name}`, updated_at: group?.updated_at ?? null, targets: [targetOf(name)] };
}
