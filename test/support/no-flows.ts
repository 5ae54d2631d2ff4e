import type { FlowObjects } from '../../core/flows/flow-objects.ts';

/** A flow log without objects, for tests of other things. */
export const noFlows: FlowObjects = {
  list: async () => [],
  get: async () => undefined,
  put: async () => {},
  delete: async () => {},
};
