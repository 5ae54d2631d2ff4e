import type { Resolvers } from './resolver.ts';
import { auditResolvers } from './resolvers/audit.ts';
import { edgeResolvers } from './resolvers/edges.ts';
import { policyResolvers } from './resolvers/policies.ts';
import { trafficResolvers } from './resolvers/traffic.ts';

/** The look-up table from operation to resolver. */
export const resolvers: Resolvers = {
  ...policyResolvers,
  ...trafficResolvers,
  ...edgeResolvers,
  ...auditResolvers,
};
