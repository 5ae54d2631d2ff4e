import { ulid } from 'ulid';
import type { Caller } from '../access/caller.ts';
import { settingActions } from '../alarms/settings/change-settings.ts';
import { readMeta, readSetting } from '../alarms/settings/read-settings.ts';
import { refuseTooMany, settingTarget } from '../alarms/settings/setting.ts';
import { auditAction } from '../audit/audit-action.ts';
import { commitChange } from '../storage/commit-change.ts';
import { commitOnce } from '../storage/commit-once.ts';
import { type StoreContext, timestamp } from '../storage/store-context.ts';
import { expireContent, putContent } from './frozen-content.ts';
import { auditedState, INCIDENT, type Incident } from './incident.ts';

export interface NewIncident extends Pick<Incident, 'name' | 'from' | 'to' | 'scope'> {
  client_token?: string | null | undefined;
}

/**
 * Creates an incident with its frozen data, `packed` by `packContent`.
 *
 * @throws ValidationError at the maximum number of incidents · Conflict for a token of another
 * request
 */
export function createIncident(
  context: StoreContext,
  actor: Caller,
  { packed, client_token, ...given }: NewIncident & { packed: Uint8Array },
): Promise<Incident> {
  const request = { owner: actor.sub, operation: 'createIncident', client_token, given };
  return commitOnce(context, request, async begun => {
    const meta = await readMeta(context, INCIDENT);
    refuseTooMany(INCIDENT, meta.count);
    const at_ms = context.clock();
    const now = timestamp(at_ms);
    const after: Incident = {
      id: ulid(at_ms),
      ...given,
      created_by: { ...actor, source_ip: null },
      created_at: now,
      updated_at: now,
    };
    const audit = auditAction(context.tables, begun, {
      ...{ actor, operation: 'createIncident', before: null, after: auditedState(after) },
      target: settingTarget(INCIDENT, after.id),
    });
    const actions = settingActions(context.tables, INCIDENT, { meta, after });
    return { actions: [...actions, putContent(context.tables, after, packed), audit], result: after };
  });
}

/** Removes an incident and has its frozen data expire. @throws NotFound */
export function removeIncident(
  context: StoreContext,
  actor: Caller,
  id: string,
): Promise<{ removed: Incident; audit_id: string }> {
  return commitChange(context, async begun => {
    const [meta, before] = await Promise.all([
      readMeta(context, INCIDENT),
      readSetting(context, INCIDENT, id),
    ]);
    const audit = auditAction(context.tables, begun, {
      ...{ actor, operation: 'removeIncident', before: auditedState(before), after: null },
      target: settingTarget(INCIDENT, id),
    });
    const actions = settingActions(context.tables, INCIDENT, { meta, before });
    return {
      actions: [...actions, expireContent(context, id), audit],
      result: { removed: before, audit_id: begun.audit_id },
    };
  });
}
