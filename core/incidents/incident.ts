import { z } from 'zod';
import { type Caller, callerSchema } from '../access/caller.ts';
import { type Setting, type SettingKind, settingKey } from '../alarms/settings/setting.ts';
import type { ItemKey } from '../storage/item.ts';

/** The scope of an incident; without any ids the whole network. */
export interface IncidentScope {
  policy_id: string | null;
  site_id: string | null;
  /** A second site: the incident includes the decisions between the two sites. */
  peer_site_id: string | null;
}

/** An incident without its frozen data. */
export interface Incident extends Setting {
  name: string;
  /** RFC 3339, UTC. */
  from: string;
  to: string;
  scope: IncidentScope;
  created_by: Caller;
}

const text = z.string();
const optional = z.string().nullable().default(null);

const incidentSchema: z.ZodType<Incident> = z
  .object({
    sk: text,
    name: text,
    from: text,
    to: text,
    scope: z.object({ policy_id: optional, site_id: optional, peer_site_id: optional }),
    created_by: callerSchema,
    created_at: text,
    updated_at: text,
  })
  .transform(({ sk, ...incident }) => ({ id: sk, ...incident }));

/** The partition of all incidents, which is read whole. */
const INCIDENT_PARTITION = 'INCIDENT';

export const INCIDENT: SettingKind<Incident> = {
  name: 'incident',
  partition: INCIDENT_PARTITION,
  schema: incidentSchema,
  most: 1_000,
  query: 'incidents',
  remove: 'removeIncident',
};

/** Partition of an incident's frozen data, which is too large for the list of incidents. */
const frozenPartition = (id: string): string => `FROZEN#${id}`;

export const frozenKey = (id: string): ItemKey => ({ pk: frozenPartition(id), sk: 'CONTENT' });

/**
 * An incident in audit entries, without its creator: the entry itself names the actor to readers.
 */
export function auditedState({ created_by: _, ...incident }: Incident): Omit<Incident, 'created_by'> {
  return incident;
}

/** The incident from the state in an audit entry. */
export function incidentOfState(state: unknown, created_by: Caller): Incident {
  const { id, ...incident } = state as Incident;
  return incidentSchema.parse({ ...settingKey(INCIDENT, id), ...incident, created_by });
}
