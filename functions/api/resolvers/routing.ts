import { z } from 'zod';
import { REPORT_LIMITS } from '../../../core/report/report.ts';
import { decideRoute } from '../../../core/routing/decide-route.ts';
import { failOverPath } from '../../../core/routing/fail-over-path.ts';
import {
  type PolicyRouting,
  readPolicyRouting,
  requirePolicy,
  setPolicyRouting,
} from '../../../core/routing/policy-routing.ts';
import { presentFailover } from '../../../core/routing/present-failover.ts';
import { policyRoutingInput } from '../../../core/routing/routing-input.ts';
import type { PolicyRouting as PresentedRouting } from '../../../graphql/schema.generated.ts';
import { type Resolvers, resolver } from '../resolver.ts';

type RoutingOperation =
  | 'Query.routingDecision'
  | 'Query.policyRouting'
  | 'Mutation.setPolicyRouting'
  | 'Mutation.failoverPath';

const ID_MAX = REPORT_LIMITS.maxIdLength;
const policyId = z.string().max(ID_MAX, `must have at most ${ID_MAX} characters`);

export const routingResolvers: Pick<Resolvers, RoutingOperation> = {
  'Query.routingDecision': resolver({
    arguments: z
      .object({
        policy_id: policyId,
        source_site_id: z.uuid('must be the UUID of a site'),
        destination_site_id: z.uuid('must be the UUID of a site'),
      })
      .refine(
        ({ source_site_id, destination_site_id }) => source_site_id !== destination_site_id,
        'Paths lead from one site to another: source_site_id and destination_site_id must differ.',
      ),
    resolve: (key, { context, caches }) => decideRoute(context, caches, key),
  }),

  'Query.policyRouting': resolver({
    arguments: z.object({ policy_id: policyId }),
    async resolve({ policy_id }, { context }) {
      const [routing] = await Promise.all([
        readPolicyRouting(context, policy_id),
        requirePolicy(context, policy_id),
      ]);
      return present(policy_id, routing);
    },
  }),

  'Mutation.setPolicyRouting': resolver({
    arguments: policyRoutingInput,
    target: ({ policy_id }) => `policy:${policy_id}`,
    async resolve({ policy_id, ...routing }, { context, caller }) {
      await setPolicyRouting(context, caller, { policy_id, routing });
      return present(policy_id, routing);
    },
  }),

  'Mutation.failoverPath': resolver({
    arguments: z.object({ path_id: z.string() }),
    target: ({ path_id }) => `path:${path_id}`,
    async resolve({ path_id }, { context, caller, caches, onFailover }) {
      const done = await failOverPath(context, caches, { path_id, actor: caller });
      onFailover(done, 'failoverPath');
      return presentFailover(done);
    },
  }),
};

function present(policy_id: string, { preference, failover }: PolicyRouting): PresentedRouting {
  const weights = preference.kind === 'CUSTOM' ? preference.weights : null;
  return { policy_id, preference: preference.kind, weights, ...failover };
}
