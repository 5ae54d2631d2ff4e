import type { ChangeOperation } from '../audit/audit-entry.ts';
import { undoAcknowledgement } from './undo-acknowledgement.ts';
import { undoEdge } from './undo-edge.ts';
import { undoAddEndpoint, undoRemoveEndpoint, undoRestoreEndpoint } from './undo-endpoint.ts';
import { undoEndpointUpdate } from './undo-endpoint-update.ts';
import { undoSides } from './undo-failover.ts';
import { undoIncident } from './undo-incident.ts';
import { undoNamedGroup } from './undo-named-group.ts';
import { undoCreatePath, undoDeletePath } from './undo-path.ts';
import { undoPolicy } from './undo-policy.ts';
import { undoPolicyRouting } from './undo-policy-routing.ts';
import { undoReset, undoUndoReset } from './undo-reset.ts';
import { undoDestination, undoMute, undoThreshold } from './undo-setting.ts';
import { undoCreateSite, undoDeleteSite, undoRestoreSite } from './undo-site.ts';
import { undoSiteUpdate } from './undo-site-update.ts';
import { undoUser } from './undo-user.ts';
import { undoUndoVoid, undoVoid } from './undo-void.ts';
import type { NotUndoable, Undoer } from './undoer.ts';

/**
 * How each operation is undone, or why it can't be undone. An undo has the row of the operation
 * that it performed (`did`): the undo of a deletion has the row of restoreSite. A missing row does
 * not compile.
 */
export const UNDOERS: Record<ChangeOperation, Undoer | NotUndoable> = {
  createPolicy: undoPolicy('Mutation.createPolicy'),
  updatePolicy: undoPolicy('Mutation.updatePolicy'),
  togglePolicy: undoPolicy('Mutation.togglePolicy'),
  restorePolicyVersion: undoPolicy('Mutation.restorePolicyVersion'),
  deletePolicy: undoPolicy('Mutation.deletePolicy'),
  setPolicyRouting: undoPolicyRouting,

  registerEdge: undoEdge('Mutation.registerEdge', 'registerEdge'),
  retireEdge: undoEdge('Mutation.retireEdge', 'registerEdge'),

  createSite: undoCreateSite,
  updateSite: undoSiteUpdate,
  deleteSite: undoDeleteSite,
  restoreSite: undoRestoreSite,
  addEndpoint: undoAddEndpoint,
  updateEndpoint: undoEndpointUpdate,
  removeEndpoint: undoRemoveEndpoint,
  restoreEndpoint: undoRestoreEndpoint,
  createPath: undoCreatePath,
  deletePath: undoDeletePath,

  setUserGroups: undoUser('Mutation.setUserGroups', 'setUserGroups'),
  setUserEnabled: undoUser('Mutation.setUserEnabled', 'setUserEnabled'),
  saveNamedGroup: undoNamedGroup('Mutation.saveNamedGroup'),
  deleteNamedGroup: undoNamedGroup('Mutation.deleteNamedGroup'),

  acknowledgeAlarm: undoAcknowledgement,
  setThreshold: undoThreshold('Mutation.setThreshold'),
  updateThreshold: undoThreshold('Mutation.updateThreshold'),
  removeThreshold: undoThreshold('Mutation.removeThreshold'),
  setDestination: undoDestination('Mutation.setDestination'),
  updateDestination: undoDestination('Mutation.updateDestination'),
  setMute: undoMute('Mutation.setMute'),
  removeMute: undoMute('Mutation.removeMute'),

  createIncident: undoIncident('Mutation.createIncident'),
  removeIncident: undoIncident('Mutation.removeIncident'),

  failoverPath: undoSides('Mutation.failoverPath'),
  restorePath: undoSides('Mutation.restorePath'),

  resetPolicyStats: undoReset('Mutation.resetPolicyStats'),
  resetAllStats: undoReset('Mutation.resetAllStats'),
  undoReset: undoUndoReset,
  voidBoot: undoVoid,
  undoVoidBoot: undoUndoVoid,

  inviteUser: { why: 'The invitation was mailed. setUserEnabled disables the account.' },
  deleteSites: { why: 'Each site has an entry of its own. Undo that one.' },
  undo: { why: 'Undo the change that it made.' },
  failbackPath: {
    why: 'The system moved traffic because of measurements. failoverPath takes the path out of use.',
  },
  removeDestination: { why: 'Its secret was deleted. Create the destination again with setDestination.' },
  testDestination: { why: "A message that was sent can't be recalled." },
  rotateEdgeKey: { why: "A key can't be removed. revokeEdgeKey revokes it." },
  revokeEdgeKey: { why: 'A revocation is final. rotateEdgeKey adds another key to the edge.' },
  checkPathHealth: { why: 'It measured, and changed nothing.' },
  reportProbe: { why: 'Measurements are kept.' },
  acknowledgeCommand: { why: 'The edge has already carried out the command.' },
  warmCaches: { why: 'Cached decisions expire within a minute. clearCache removes them at once.' },
  clearCache: { why: 'Values are cached again when they are next needed.' },
  recoverCounters: {
    why: 'Counters are computed from the lanes. npm run recover -- counters computes them again.',
  },
  eraseFlows: { why: 'Erased data is gone for good.' },
  startExport: { why: 'Cancel it with cancelExport.' },
  exportLink: { why: 'A link stays valid until it expires.' },
  cancelExport: { why: 'Start it again with startExport.' },
};
