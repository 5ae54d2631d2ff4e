import { removeSecret } from '../alarms/destinations/change-destinations.ts';
import { DESTINATION } from '../alarms/destinations/destination.ts';
import { MUTE } from '../alarms/mutes/mute.ts';
import { settingActions } from '../alarms/settings/change-settings.ts';
import { readMeta, readSetting } from '../alarms/settings/read-settings.ts';
import {
  auditState,
  refuseTooMany,
  type Setting,
  type SettingKind,
  settingKey,
} from '../alarms/settings/setting.ts';
import { THRESHOLD } from '../alarms/thresholds/threshold.ts';
import type { ChangeOperation } from '../audit/audit-entry.ts';
import { Conflict, NotFound } from '../errors.ts';
import { timestamp } from '../storage/store-context.ts';
import type { TableNames } from '../storage/tables.ts';
import type { WriteAction } from '../storage/write-action.ts';
import { commitUndo } from './commit-undo.ts';
import { stepBack } from './step-back.ts';
import type { Undoer, UndoRequest } from './undoer.ts';

/** The operations of a kind of setting. */
interface Operations<T> {
  add: ChangeOperation;
  update?: ChangeOperation;
  remove: ChangeOperation;
  /** Further actions when the undo removes a setting. */
  removal?(tables: TableNames, id: string): WriteAction[];
  /** Why a change can't be undone; undefined when it can. */
  refusal?(before: T, after: T): string | undefined;
}

/** Restores the earlier state of a setting of alarms that was added, changed or removed. */
function undoSetting<T extends Setting>(
  role: Undoer['role'],
  kind: SettingKind<T>,
  operations: Operations<T>,
): Undoer {
  return { role, undo: request => commitUndo(request, () => plan(request, kind, operations)) };
}

export const undoThreshold = (role: Undoer['role']) =>
  undoSetting(role, THRESHOLD, {
    add: 'setThreshold',
    update: 'updateThreshold',
    remove: 'removeThreshold',
  });

export const undoDestination = (role: Undoer['role']) =>
  undoSetting(role, DESTINATION, {
    add: 'setDestination',
    update: 'updateDestination',
    remove: 'removeDestination',
    removal: (tables, id) => [removeSecret(tables, id)],
    refusal(before, after) {
      if (before.secret_set_at !== after.secret_set_at) {
        return 'got another secret by this change, and the earlier one is gone. Set one with updateDestination.';
      }
      return before.url_set_at === after.url_set_at
        ? undefined
        : 'got another address by this change, and the audit log stores no addresses. Set it with updateDestination.';
    },
  });

export const undoMute = (role: Undoer['role']) =>
  undoSetting(role, MUTE, { add: 'setMute', remove: 'removeMute' });

async function plan<T extends Setting>(
  { context, entry }: UndoRequest,
  kind: SettingKind<T>,
  { add, update = add, remove, removal, refusal }: Operations<T>,
) {
  const [before, after] = [entry.before, entry.after].map(state => stateOf(kind, state));
  const { id } = (after ?? before)!;
  const what = `The ${kind.name} ${id}`;
  const meta = await readMeta(context, kind);
  const current = await readSetting(context, kind, id).catch(cause => {
    if (cause instanceof NotFound) return undefined;
    throw cause;
  });
  const plannedActions = (change: { before?: T; after?: T }) =>
    settingActions(context.tables, kind, { meta, ...change });
  if (!after) {
    if (current) throw new Conflict(`${what} is there again.`);
    refuseTooMany(kind, meta.count);
    const back = { ...before!, updated_at: timestamp(context.clock()) };
    const actions = plannedActions({ after: back });
    return { did: add, actions, after: auditState(kind, back), message: `${what} is there again.` };
  }
  if (!current) throw new Conflict(`${what} was removed since.`);
  if (!before) {
    if (current.updated_at !== after.updated_at) {
      throw new Conflict(`${what} was changed since: remove it with ${kind.remove}.`);
    }
    const actions = [...plannedActions({ before: current }), ...(removal?.(context.tables, id) ?? [])];
    return { did: remove, actions, before: auditState(kind, current), message: `${what} is removed.` };
  }
  const refused = refusal?.(before, after);
  if (refused) throw new Conflict(`${what} ${refused}`);
  const now = timestamp(context.clock());
  const back = stepBack({ what, by_hand: update, before, after, current, now });
  const actions = plannedActions({ before: current, after: back });
  return {
    did: update,
    actions,
    before: auditState(kind, current),
    after: auditState(kind, back),
    message: `${what} is as it was before the change.`,
  };
}

/** A setting from the state in an audit entry. */
function stateOf<T extends Setting>(kind: SettingKind<T>, state: unknown): T | undefined {
  if (!state) return undefined;
  const { id, ...rest } = state as T;
  return kind.schema.parse({ ...settingKey(kind, id), ...rest });
}
