import type { AuditEntry, ChangeOperation } from '../audit/audit-entry.ts';
import { SITE_EVENT } from '../inventory/model/site-events.ts';

/** The event of an operation's changes. */
export interface ChangeEvent {
  /** The default; an entry may name another type. */
  type: string;
  /** A sentence for people. `thing` names the target, such as `Policy "Voice"`. */
  title(thing: string, entry: AuditEntry): string;
}

const was = (done: string) => (thing: string) => `${thing} was ${done}.`;
const says = (sentence: string) => () => sentence;

/** An event for every change; a missing row does not compile. */
export const CHANGE_EVENTS: Record<ChangeOperation, ChangeEvent> = {
  createPolicy: { type: 'POLICY_CREATED', title: was('created') },
  updatePolicy: { type: 'POLICY_UPDATED', title: was('changed') },
  togglePolicy: {
    type: 'POLICY_UPDATED',
    title: (thing, { after }) => `${thing} was switched ${isEnabled(after) ? 'on' : 'off'}.`,
  },
  restorePolicyVersion: {
    type: 'POLICY_UPDATED',
    title: was('put back to an earlier version'),
  },
  deletePolicy: { type: 'POLICY_DELETED', title: was('deleted') },
  setPolicyRouting: { type: 'POLICY_ROUTING_SET', title: thing => `The routing of ${thing} was changed.` },

  registerEdge: {
    type: 'EDGE_REGISTERED',
    title: (thing, { before }) => `${thing} was ${before ? 'registered anew' : 'registered'}.`,
  },
  retireEdge: { type: 'EDGE_RETIRED', title: was('retired') },
  rotateEdgeKey: { type: 'EDGE_KEY_ADDED', title: was('given another key') },
  revokeEdgeKey: { type: 'EDGE_KEY_REVOKED', title: thing => `A key of ${thing} was revoked.` },

  createSite: { type: SITE_EVENT.siteCreated, title: was('created') },
  updateSite: { type: SITE_EVENT.siteUpdated, title: was('changed') },
  deleteSite: { type: SITE_EVENT.siteDeleted, title: was('deleted') },
  deleteSites: { type: SITE_EVENT.siteDeleted, title: says('Sites were deleted.') },
  restoreSite: { type: SITE_EVENT.siteRestored, title: was('restored') },
  addEndpoint: { type: SITE_EVENT.endpointAdded, title: was('added') },
  updateEndpoint: { type: SITE_EVENT.endpointUpdated, title: was('changed') },
  removeEndpoint: { type: SITE_EVENT.endpointRemoved, title: was('removed') },
  restoreEndpoint: { type: SITE_EVENT.endpointAdded, title: was('restored') },
  createPath: { type: SITE_EVENT.pathCreated, title: was('created') },
  deletePath: { type: SITE_EVENT.pathDeleted, title: was('deleted') },

  createIncident: { type: 'INCIDENT_CREATED', title: thing => `${thing} was frozen.` },
  removeIncident: { type: 'INCIDENT_REMOVED', title: was('removed') },

  failoverPath: { type: 'PATH_FAILOVER', title: was('taken out of use') },
  failbackPath: { type: 'PATH_RESTORED', title: was('brought back into use') },
  restorePath: { type: 'PATH_RESTORED', title: was('brought back into use') },
  checkPathHealth: { type: 'PATH_CHECKED', title: was('measured') },
  reportProbe: { type: 'PATH_CHECKED', title: was('measured') },
  acknowledgeCommand: { type: 'COMMAND_ACKNOWLEDGED', title: says('An edge acknowledged a command.') },

  resetPolicyStats: { type: 'STATS_RESET', title: thing => `The statistics of ${thing} were reset.` },
  resetAllStats: { type: 'STATS_RESET', title: says('The statistics of all policies were reset.') },
  undoReset: { type: 'STATS_RESET_UNDONE', title: says('A reset of statistics was taken back.') },
  voidBoot: { type: 'BOOT_VOIDED', title: thing => `A boot of ${thing} was voided.` },
  undoVoidBoot: { type: 'BOOT_VOID_UNDONE', title: says('The void of a boot was taken back.') },
  recoverCounters: { type: 'COUNTERS_RECOVERED', title: says('The counters were made anew.') },
  // The address itself stays in the audit log.
  eraseFlows: { type: 'FLOWS_ERASED', title: says('An address was erased from the flow log.') },
  saveNamedGroup: {
    type: 'GROUP_SAVED',
    title: (thing, { before }) => `${thing} was ${before ? 'changed' : 'made'}.`,
  },
  deleteNamedGroup: { type: 'GROUP_DELETED', title: was('deleted') },
  acknowledgeAlarm: { type: 'ALARM_ACKNOWLEDGED', title: thing => `${thing} was acknowledged.` },
  setThreshold: { type: 'THRESHOLD_SET', title: was('set') },
  updateThreshold: { type: 'THRESHOLD_UPDATED', title: was('changed') },
  removeThreshold: { type: 'THRESHOLD_REMOVED', title: was('removed') },
  setDestination: { type: 'DESTINATION_SET', title: was('set') },
  updateDestination: { type: 'DESTINATION_UPDATED', title: was('changed') },
  removeDestination: { type: 'DESTINATION_REMOVED', title: was('removed') },
  testDestination: { type: 'DESTINATION_TESTED', title: was('tested') },
  setMute: { type: 'MUTE_SET', title: says('Alarms were muted.') },
  removeMute: { type: 'MUTE_REMOVED', title: says('A mute of alarms was removed.') },
  warmCaches: { type: 'CACHE_WARMED', title: says('The caches were filled.') },
  clearCache: { type: 'CACHE_CLEARED', title: says('The caches were cleared.') },

  // Addresses stay in the audit log.
  inviteUser: { type: 'USER_INVITED', title: says('A person was invited.') },
  setUserGroups: { type: 'USER_GROUPS_SET', title: says("A person's groups were changed.") },
  setUserEnabled: {
    type: 'USER_ENABLED_SET',
    title: (_, { after }) => `An account was ${isEnabled(after) ? 'enabled' : 'disabled'}.`,
  },

  startExport: { type: 'EXPORT_STARTED', title: says('An export was started.') },
  exportLink: { type: 'EXPORT_LINKED', title: says('A link to an export was given.') },
  cancelExport: { type: 'EXPORT_CANCELLED', title: says('An export was cancelled.') },

  // Published as the operation that it performed.
  undo: { type: 'CHANGE_UNDONE', title: says('A change was undone.') },
};

function isEnabled(policy: unknown): boolean {
  return (policy as { enabled?: boolean } | null)?.enabled === true;
}
