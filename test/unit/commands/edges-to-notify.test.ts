import { describe, expect, it } from 'vitest';
import type { AuditEntry } from '../../../core/audit/audit-entry.ts';
import { mayNotifyEdges } from '../../../core/commands/edges-to-notify.ts';
import { operationFields } from '../../../lib/operation-fields.ts';
import { projectText } from '../../support/project-files.ts';

/** Mutations after which an edge may have other paths, or choose among them otherwise, and so reads them again. */
const CHANGE_PATHS = [
  'createPath',
  'deletePath',
  'registerEdge',
  'updateEndpoint',
  'removeEndpoint',
  'deleteSite',
  'restoreSite',
  'setPolicyRouting',
];

/** Mutations after which every edge goes on as before, or is given its routes by the operation itself. */
const KEEP_PATHS = [
  // Policies have a command of their own; a failover gives each edge its new routes.
  'createPolicy',
  'updatePolicy',
  'deletePolicy',
  'togglePolicy',
  'failoverPath',
  'restorePath',
  // Each of the sites is deleted, and audited, by an operation of its own.
  'deleteSites',
  // No path has changed yet, or any more.
  'createSite',
  'updateSite',
  'addEndpoint',
  'retireEdge',
  // Nothing of the network changes.
  'checkPathHealth',
  'acknowledgeCommand',
  'reportProbe',
  'resetPolicyStats',
  'resetAllStats',
  'undo',
  'undoReset',
  'rotateEdgeKey',
  'revokeEdgeKey',
  'voidBoot',
  'undoVoidBoot',
  'clearCache',
  'startExport',
  'eraseFlows',
  'acknowledgeAlarm',
  'exportLink',
  'cancelExport',
];

const mutations = operationFields(projectText('graphql/schema.graphql'))
  .filter(({ typeName, published }) => typeName === 'Mutation' && !published)
  .map(({ fieldName }) => fieldName);

describe('the paths of an edge', () => {
  it('are said to change or to stay for each mutation of the schema', () => {
    expect([...CHANGE_PATHS, ...KEEP_PATHS].sort()).toEqual(mutations.sort());
  });

  it.each(mutations)('%s: edges are told if their paths may have changed', operation => {
    const entry = { operation, outcome: 'DONE' } as AuditEntry;
    expect(mayNotifyEdges(entry)).toBe(CHANGE_PATHS.includes(operation));
  });
});
