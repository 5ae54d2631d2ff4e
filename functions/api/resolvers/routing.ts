import { z } from 'zod';
import { idArgument, uuidArgument } from '../../../core/answers/id-argument.ts';
import { lowerUuid } from '../../../core/inventory/model/parse-input.ts';
import { pathTarget } from '../../../core/inventory/model/site-events.ts';
import { cachedDecision } from '../../../core/routing/decisions/cached-decision.ts';
import {
  type PolicyRouting,
  readPolicyRouting,
  requirePolicy,
  setPolicyRouting,
} from '../../../core/routing/decisions/policy-routing.ts';
import { policyRoutingInput } from '../../../core/routing/decisions/policy-routing-input.ts';
import type { FailoverDone } from '../../../core/routing/failover/change-sides.ts';
import { failOverPath } from '../../../core/routing/failover/fail-over-path.ts';
import type { PolicyRouting as PresentedRouting } from '../../../graphql/schema.generated.ts';
import { type Resolvers, resolver } from '../resolver.ts';

type RoutingOperation =
  | 'Query.routingDecision'
  | 'Query.policyRouting'
  | 'Mutation.setPolicyRouting'
  | 'Mutation.failoverPath';

const siteId = z.uuid('must be the UUID of a site').transform(lowerUuid);

export const routingResolvers: Pick<Resolvers, RoutingOperation> = {
  'Query.routingDecision': resolver({
    arguments: z
      .object({
        policy_id: idArgument,
        source_site_id: siteId,
        destination_site_id: siteId,
      })
      .refine(
        ({ source_site_id, destination_site_id }) => source_site_id !== destination_site_id,
        'Paths lead from one site to another: source_site_id and destination_site_id must differ.',
      ),
    resolve: (key, { context, caches }) => cachedDecision(context, caches, key),
  }),

  'Query.policyRouting': resolver({
    arguments: z.object({ policy_id: idArgument }),
    async resolve({ policy_id }, { context }) {
      const [routing] = await Promise.all([
        readPolicyRouting(context, policy_id),
        requirePolicy(context, policy_id),
      ]);
      return presentRouting(policy_id, routing);
    },
  }),

  'Mutation.setPolicyRouting': resolver({
    arguments: policyRoutingInput,
    target: ({ policy_id }) => `policy:${policy_id}`,
    async resolve({ policy_id, ...routing }, { context, caller }) {
      await setPolicyRouting(context, caller, { policy_id, routing });
      return presentRouting(policy_id, routing);
    },
  }),

  'Mutation.failoverPath': resolver({
    arguments: z.object({ path_id: uuidArgument }),
    target: ({ path_id }) => pathTarget(path_id),
    async resolve({ path_id }, { context, caller, caches, onFailover }) {
      const done = await failOverPath(context, caches, { path_id, actor: caller });
      onFailover(done, 'failoverPath');
      return presentFailover(done);
    },
  }),
};

function presentRouting(policy_id: string, { preference, failover }: PolicyRouting): PresentedRouting {
  const weights = preference.kind === 'CUSTOM' ? preference.weights : null;
  return { policy_id, preference: preference.kind, weights, ...failover };
}

function presentFailover({ receipt, audit_id }: FailoverDone) {
  const { path_id, samples, moved, without_path, flows_moved, bytes_moved, moved_since, bytes_carried } =
    receipt;
  return {
    success: true,
    message: failoverMessage(path_id, moved.length, without_path),
    audit_id,
    path_id,
    samples,
    moved,
    without_path,
    flows_moved,
    bytes_moved: bytes_moved === null ? null : Number(bytes_moved),
    bytes_moved_exact: bytes_moved,
    moved_since,
    bytes_carried: Number(bytes_carried),
    bytes_carried_exact: bytes_carried,
  };
}

function failoverMessage(path_id: string, moved: number, withoutPath: string[]): string {
  const out = `Path ${path_id} is out of use until it has been good for long enough`;
  if (moved === 0) return `${out}; no policy was using it.`;
  const policies = moved === 1 ? '1 policy takes' : `${moved} policies take`;
  if (withoutPath.length === 0) return `${out}; ${policies} another path.`;
  const stranded =
    withoutPath.length === 1
      ? `policy ${withoutPath[0]} has`
      : `policies ${withoutPath.slice(0, 5).join(', ')}${withoutPath.length > 5 ? ' …' : ''} have`;
  return `${out}. No path is left between these sites: ${stranded} none. Bring another path up, or repair this one.`;
}
