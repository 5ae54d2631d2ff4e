import type { Resolvers } from './resolver.ts';
import { aggregationResolvers } from './resolvers/aggregation.ts';
import { alarmResolvers } from './resolvers/alarms.ts';
import { auditResolvers } from './resolvers/audit.ts';
import { cacheResolvers } from './resolvers/cache.ts';
import { changesBetweenResolvers } from './resolvers/changes-between.ts';
import { commandResolvers } from './resolvers/commands.ts';
import { deletionResolvers } from './resolvers/deletion.ts';
import { destinationResolvers } from './resolvers/destinations.ts';
import { edgeResolvers } from './resolvers/edges.ts';
import { endpointResolvers } from './resolvers/endpoints.ts';
import { eventResolvers } from './resolvers/events.ts';
import { exportResolvers } from './resolvers/exports.ts';
import { figureResolvers } from './resolvers/figures.ts';
import { flowResolvers } from './resolvers/flows.ts';
import { historyResolvers } from './resolvers/history.ts';
import { incidentResolvers } from './resolvers/incidents.ts';
import { meResolvers } from './resolvers/me.ts';
import { muteResolvers } from './resolvers/mutes.ts';
import { namedGroupResolvers } from './resolvers/named-groups.ts';
import { overviewResolvers } from './resolvers/overview.ts';
import { pathHealthResolvers } from './resolvers/path-health.ts';
import { pathHistoryResolvers } from './resolvers/path-history.ts';
import { pathLossResolvers } from './resolvers/path-loss.ts';
import { pathResolvers } from './resolvers/paths.ts';
import { policyResolvers } from './resolvers/policies.ts';
import { policyDraftResolvers } from './resolvers/policy-drafts.ts';
import { policyVersionResolvers } from './resolvers/policy-versions.ts';
import { resetResolvers } from './resolvers/reset.ts';
import { routingResolvers } from './resolvers/routing.ts';
import { siteResolvers } from './resolvers/sites.ts';
import { thresholdResolvers } from './resolvers/thresholds.ts';
import { trafficResolvers } from './resolvers/traffic.ts';
import { trafficSeriesResolvers } from './resolvers/traffic-series.ts';
import { userResolvers } from './resolvers/users.ts';
import { voidResolvers } from './resolvers/voids.ts';

/** All resolvers by operation. */
export const resolvers: Resolvers = {
  ...policyResolvers,
  ...policyDraftResolvers,
  ...policyVersionResolvers,
  ...trafficResolvers,
  ...figureResolvers,
  ...overviewResolvers,
  ...edgeResolvers,
  ...auditResolvers,
  ...changesBetweenResolvers,
  ...incidentResolvers,
  ...meResolvers,
  ...userResolvers,
  ...namedGroupResolvers,
  ...eventResolvers,
  ...alarmResolvers,
  ...thresholdResolvers,
  ...destinationResolvers,
  ...muteResolvers,
  ...historyResolvers,
  ...aggregationResolvers,
  ...flowResolvers,
  ...resetResolvers,
  ...voidResolvers,
  ...cacheResolvers,
  ...routingResolvers,
  ...pathHealthResolvers,
  ...pathHistoryResolvers,
  ...pathLossResolvers,
  ...trafficSeriesResolvers,
  ...commandResolvers,
  ...deletionResolvers,
  ...endpointResolvers,
  ...pathResolvers,
  ...siteResolvers,
  ...exportResolvers,
};
