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

  inviteUser: { why: 'The invitation was mailed: setUserEnabled disables the account.' },
  deleteSites: { why: 'Each of its sites has an entry of its own: undo that.' },
  undo: { why: 'Undo what it amounts to.' },
  failbackPath: {
    why: 'The system moved traffic by what was measured: failoverPath takes the path out of use.',
  },
  removeDestination: { why: 'Its secret is gone: set it again with setDestination.' },
  testDestination: { why: 'What was sent stays sent.' },
  rotateEdgeKey: { why: 'A key is never taken back: revokeEdgeKey ends it.' },
  revokeEdgeKey: { why: 'A key that was revoked stays revoked: rotateEdgeKey gives the edge another one.' },
  checkPathHealth: { why: 'It measured, and changed nothing.' },
  reportProbe: { why: 'What an edge measured stays measured.' },
  acknowledgeCommand: { why: 'What an edge has done stays done.' },
  warmCaches: { why: 'Cached decisions end by themselves within a minute; clearCache ends them at once.' },
  clearCache: { why: 'What was cached is loaded again when it is needed.' },
  recoverCounters: { why: 'Counters are made of the lanes: npm run recover -- counters makes them again.' },
  eraseFlows: { why: 'What was erased is gone for good.' },
  startExport: { why: 'End it with cancelExport.' },
  exportLink: { why: 'A link that was given stays valid until it ends by itself.' },
  cancelExport: { why: 'Start it again with startExport.' },
};
