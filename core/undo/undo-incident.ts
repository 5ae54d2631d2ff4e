import { settingActions } from '../alarms/settings/change-settings.ts';
import { readMeta, readSetting } from '../alarms/settings/read-settings.ts';
import { refuseTooMany } from '../alarms/settings/setting.ts';
import { Conflict, NotFound } from '../errors.ts';
import { expireContent, keepContent, readMaker } from '../incidents/frozen-content.ts';
import { auditedState, INCIDENT, type Incident, incidentOfState } from '../incidents/incident.ts';
import type { StoreContext } from '../storage/store-context.ts';
import { commitUndo, type UndoPlan } from './commit-undo.ts';
import type { Undoer, UndoRequest } from './undoer.ts';

/** createIncident, removeIncident: removes the incident with its frozen data, or restores both. */
export const undoIncident = (role: Undoer['role']): Undoer => ({
  role,
  undo: request => commitUndo(request, () => plan(request)),
});

async function plan({ context, entry }: UndoRequest): Promise<UndoPlan> {
  const { id } = (entry.after ?? entry.before) as { id: string };
  const meta = await readMeta(context, INCIDENT);
  const current = await currentOf(context, id);
  const { tables } = context;
  if (entry.after) {
    if (!current) throw new Conflict(`The incident ${id} was removed since.`);
    return {
      did: 'removeIncident',
      actions: [...settingActions(tables, INCIDENT, { meta, before: current }), expireContent(context, id)],
      before: auditedState(current),
      message: `The incident ${id} is removed.`,
    };
  }
  if (current) throw new Conflict(`The incident ${id} is there again.`);
  const maker = await readMaker(context, id);
  if (!maker) throw new Conflict(`The frozen data of the incident ${id} has expired.`);
  refuseTooMany(INCIDENT, meta.count);
  const after = incidentOfState(entry.before, maker);
  return {
    did: 'createIncident',
    actions: [...settingActions(tables, INCIDENT, { meta, after }), keepContent(tables, id)],
    after: auditedState(after),
    message: `The incident ${id} is there again.`,
  };
}

async function currentOf(context: StoreContext, id: string): Promise<Incident | undefined> {
  try {
    return await readSetting(context, INCIDENT, id);
  } catch (cause) {
    if (cause instanceof NotFound) return undefined;
    throw cause;
  }
}
