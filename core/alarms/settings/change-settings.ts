import { ulid } from 'ulid';
import type { Caller } from '../../access/caller.ts';
import { auditAction } from '../../audit/audit-action.ts';
import type { ChangeOperation } from '../../audit/audit-entry.ts';
import { refuseChanged } from '../../audit/refuse-changed.ts';
import { commitChange } from '../../storage/commit-change.ts';
import { conditionOf } from '../../storage/item-update.ts';
import { type StoreContext, timestamp } from '../../storage/store-context.ts';
import type { TableNames } from '../../storage/tables.ts';
import type { WriteAction } from '../../storage/write-action.ts';
import { readMeta, readSetting, readSettings, type SettingsMeta } from './read-settings.ts';
import {
  auditState,
  metaKey,
  refuseTooMany,
  type Setting,
  type SettingKind,
  settingKey,
  settingTarget,
} from './setting.ts';

export interface SettingChange {
  actor: Caller;
  operation: ChangeOperation;
}

/** The other actions in the transaction of a setting. */
type Companions<T> = (setting: T) => WriteAction[];

/** Adds a setting. @throws ValidationError when the limit of its kind is reached */
export function addSetting<T extends Setting>(
  context: StoreContext,
  kind: SettingKind<T>,
  {
    actor,
    operation,
    given,
    companions = () => [],
  }: SettingChange & { given: Omit<T, keyof Setting>; companions?: Companions<T> },
): Promise<T> {
  return commitChange(context, async begun => {
    const at_ms = context.clock();
    const [meta, over] = await Promise.all([readMeta(context, kind), readOver(context, kind, at_ms)]);
    refuseTooMany(kind, meta.count - over.length);
    const now = timestamp(at_ms);
    const after = { id: ulid(at_ms), ...given, created_at: now, updated_at: now } as T;
    const audit = auditAction(context.tables, begun, {
      ...{ actor, operation, before: null, after: auditState(kind, after) },
      target: settingTarget(kind, after.id),
    });
    const counted = { ...meta, count: meta.count - over.length };
    const actions = settingActions(context.tables, kind, { meta: counted, after });
    const removals = over.map(({ id }) => ({
      Delete: { TableName: context.tables.network, Key: settingKey(kind, id) },
    }));
    return { actions: [...actions, ...removals, ...companions(after), audit], result: after };
  });
}

/** Ended settings that are removed in one transaction. */
const OVER_AT_ONCE = 50;

async function readOver<T extends Setting>(
  context: StoreContext,
  kind: SettingKind<T>,
  now_ms: number,
): Promise<T[]> {
  if (!kind.isOver) return [];
  const all = await readSettings(context, kind);
  return all.filter(setting => kind.isOver!(setting, now_ms)).slice(0, OVER_AT_ONCE);
}

/**
 * Changes a setting.
 * @throws NotFound · Conflict when it was changed since `if_updated_at` · what `change` throws
 */
export function updateSetting<T extends Setting>(
  context: StoreContext,
  kind: SettingKind<T>,
  {
    id,
    actor,
    operation,
    if_updated_at,
    change,
    companions = () => [],
  }: SettingChange & {
    id: string;
    if_updated_at?: number | undefined;
    change(before: T): T;
    companions?: Companions<T>;
  },
): Promise<T> {
  return commitChange(context, async begun => {
    const [meta, before] = await Promise.all([readMeta(context, kind), readSetting(context, kind, id)]);
    const target = settingTarget(kind, id);
    const what = `The ${kind.name} ${id}`;
    await refuseChanged(context, { what, updated_at: before.updated_at, targets: [target] }, if_updated_at);
    const after = { ...change(before), updated_at: timestamp(context.clock()) };
    const audit = auditAction(context.tables, begun, {
      ...{ actor, operation, target },
      ...{ before: auditState(kind, before), after: auditState(kind, after) },
    });
    const actions = settingActions(context.tables, kind, { meta, before, after });
    return { actions: [...actions, ...companions(after), audit], result: after };
  });
}

/** Removes a setting. @throws NotFound */
export function removeSetting<T extends Setting>(
  context: StoreContext,
  kind: SettingKind<T>,
  { id, actor, operation, companions = () => [] }: SettingChange & { id: string; companions?: Companions<T> },
): Promise<{ removed: T; audit_id: string }> {
  return commitChange(context, async begun => {
    const [meta, before] = await Promise.all([readMeta(context, kind), readSetting(context, kind, id)]);
    const target = settingTarget(kind, id);
    const audit = auditAction(context.tables, begun, {
      ...{ actor, operation, target, before: auditState(kind, before), after: null },
    });
    const actions = settingActions(context.tables, kind, { meta, before });
    return {
      actions: [...actions, ...companions(before), audit],
      result: { removed: before, audit_id: begun.audit_id },
    };
  });
}

/** The actions that write a setting as `after`, or remove it, on condition of what was read. */
export function settingActions<T extends Setting>(
  { network }: TableNames,
  kind: SettingKind<T>,
  {
    meta: { count, seq },
    before,
    after,
  }: { meta: SettingsMeta; before?: T | undefined; after?: T | undefined },
): WriteAction[] {
  const key = settingKey(kind, (after ?? before)!.id);
  const unchanged = before
    ? conditionOf({ expression: '#updated_at = :was', values: { was: before.updated_at } })
    : conditionOf({ expression: 'attribute_not_exists(#pk)' });
  const counted =
    seq === 0
      ? conditionOf({ expression: 'attribute_not_exists(#pk)' })
      : conditionOf({ expression: '#seq = :seq', values: { seq } });
  const meta = { count: count + (after ? 1 : 0) - (before ? 1 : 0), seq: seq + 1 };
  return [
    after
      ? { Put: { TableName: network, Item: { ...key, ...after }, ...unchanged } }
      : { Delete: { TableName: network, Key: key, ...unchanged } },
    { Put: { TableName: network, Item: { ...metaKey(kind), ...meta }, ...counted } },
  ];
}
