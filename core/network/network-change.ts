import { type AuditEvent, auditPut, changeEntry } from '../audit/audit-entry.ts';
import type { Caller } from '../audit/caller.ts';
import type { WriteAction } from '../storage/write-action.ts';
import type { NetworkContext } from './network-context.ts';

/** What a change says about itself in the audit log and to subscribers. */
export interface Told {
  actor: Caller;
  operation: string;
  target: string;
  before?: unknown;
  after?: unknown;
  event: AuditEvent;
}

/** The action that writes a change's audit entry, and the entry's id. */
export function tell(context: NetworkContext, told: Told): { audit: WriteAction; audit_id: string } {
  const entry = changeEntry({ at_ms: context.clock(), ...told });
  return { audit: auditPut({ tables: context.tables, entry }), audit_id: entry.id };
}

export const siteTarget = (siteId: string): string => `site:${siteId}`;
export const endpointTarget = (siteId: string, endpointId: string): string =>
  `endpoint:${siteId}/${endpointId}`;
export const pathTarget = (pathId: string): string => `path:${pathId}`;

/** Types of the events that tell of sites. */
export const SITE_EVENT = {
  siteCreated: 'SITE_CREATED',
  siteUpdated: 'SITE_UPDATED',
  siteDeletionStarted: 'SITE_DELETION_STARTED',
  siteDeletionProgress: 'SITE_DELETION_PROGRESS',
  siteDeleted: 'SITE_DELETED',
  siteRestoreProgress: 'SITE_RESTORE_PROGRESS',
  siteRestored: 'SITE_RESTORED',
  endpointAdded: 'ENDPOINT_ADDED',
  endpointRemoved: 'ENDPOINT_REMOVED',
  pathCreated: 'PATH_CREATED',
  pathDeleted: 'PATH_DELETED',
} as const;
