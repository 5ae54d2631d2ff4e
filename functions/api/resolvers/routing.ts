import { z } from 'zod';
import { idArgument, uuidArgument } from '../../../core/answers/id-argument.ts';
import { presentDecision } from '../../../core/answers/present-decision.ts';
import { ValidationError } from '../../../core/errors.ts';
import { lowerUuid } from '../../../core/inventory/model/parse-input.ts';
import { pathTarget } from '../../../core/inventory/model/site-events.ts';
import { comparePolicyIds } from '../../../core/policy/policy-match.ts';
import { decideAll } from '../../../core/routing/decisions/all-decisions.ts';
import { cachedDecision } from '../../../core/routing/decisions/cached-decision.ts';
import {
  type PolicyRouting,
  readPolicyRoutingDated,
  setPolicyRouting,
} from '../../../core/routing/decisions/policy-routing.ts';
import { policyRoutingInput } from '../../../core/routing/decisions/policy-routing-input.ts';
import type { FailoverDone } from '../../../core/routing/failover/change-sides.ts';
import { failOverPath } from '../../../core/routing/failover/fail-over-path.ts';
import type { WithdrawalTerms } from '../../../core/routing/failover/path-state.ts';
import { restorePath } from '../../../core/routing/failover/restore-path.ts';
import type { SitesAsked } from '../../../core/routing/past/topology-at.ts';
import { makePageToken, readPageToken } from '../../../core/storage/page-token.ts';
import { timestamp } from '../../../core/storage/store-context.ts';
import type { PolicyRouting as PresentedRouting } from '../../../graphql/schema.generated.ts';
import { COSTS } from '../costs.ts';
import { type Resolvers, resolver } from '../resolver.ts';
import { timeArgument } from '../time-argument.ts';
import { wholeNumber } from '../whole-number.ts';

type RoutingOperation =
  | 'Query.routingDecision'
  | 'Query.routingDecisions'
  | 'Query.policyRouting'
  | 'Mutation.setPolicyRouting'
  | 'Mutation.failoverPath'
  | 'Mutation.restorePath';

const siteId = z.uuid('must be the UUID of a site').transform(lowerUuid);

const twoSites = { source_site_id: siteId, destination_site_id: siteId };
const TWO_SITES = 'Paths lead from one site to another: source_site_id and destination_site_id must differ.';
const areTwo = ({ source_site_id, destination_site_id }: SitesAsked) =>
  source_site_id !== destination_site_id;

/** The kind of the page tokens of routingDecisions. */
const DECISIONS = 'routingDecisions';

export const routingResolvers: Pick<Resolvers, RoutingOperation> = {
  'Query.routingDecision': resolver({
    arguments: z.object({ policy_id: idArgument, ...twoSites }).refine(areTwo, TWO_SITES),
    resolve: (key, { context, caches }) => cachedDecision(context, caches, key),
  }),

  'Query.routingDecisions': resolver({
    arguments: z
      .object({
        ...twoSites,
        at: timeArgument.nullish().transform(given => given ?? undefined),
        limit: wholeNumber('limit', { max: 1000, fallback: 100 }),
        next_token: z.string().nullish(),
      })
      .refine(areTwo, TWO_SITES),
    cost: ({ at }) => (at === undefined ? 0 : COSTS.past_decisions),
    async resolve({ at, limit, next_token, ...sites }, { context, retention }) {
      const after = readPageToken(DECISIONS, next_token, [/^.{1,128}$/u])?.[0];
      const { at_ms, decisions } = await decideAll(context, { sites, at_ms: at, retention });
      const rest = decisions.filter(
        ({ policy_id }) => after === undefined || comparePolicyIds(policy_id, after) > 0,
      );
      const page = rest.slice(0, limit);
      return {
        at: timestamp(at_ms),
        decisions: page.map(presentDecision),
        next_token: rest.length > limit ? makePageToken(DECISIONS, [page.at(-1)!.policy_id]) : null,
      };
    },
  }),

  'Query.policyRouting': resolver({
    arguments: z.object({ policy_id: idArgument }),
    async resolve({ policy_id }, { context }) {
      return presentRouting(policy_id, await readPolicyRoutingDated(context, policy_id));
    },
  }),

  'Mutation.setPolicyRouting': resolver({
    arguments: policyRoutingInput,
    target: ({ policy_id }) => `policy:${policy_id}`,
    async resolve({ policy_id, if_updated_at, ...routing }, { context, caller }) {
      const set = await setPolicyRouting(context, caller, { policy_id, routing, if_updated_at });
      return presentRouting(policy_id, set);
    },
  }),

  'Mutation.failoverPath': resolver({
    arguments: z
      .object({
        path_id: uuidArgument,
        until: timeArgument.nullish().transform(given => given ?? undefined),
        until_restored: z
          .boolean()
          .nullish()
          .transform(given => given ?? false),
      })
      .refine(
        ({ until, until_restored }) => until === undefined || !until_restored,
        'Give until or until_restored, not both: a path stays out until a time, or until restorePath.',
      ),
    target: ({ path_id }) => pathTarget(path_id),
    async resolve({ path_id, until: until_ms, until_restored }, { context, caller, caches, onFailover }) {
      checkUntil(until_ms, context.clock());
      const terms = { until_ms, until_restored };
      const done = await failOverPath(context, caches, { path_id, actor: caller, terms });
      onFailover(done, 'failoverPath');
      return presentFailover(done, { lead: outUntil(path_id, terms), unmoved: 'no policy was using it' });
    },
  }),

  'Mutation.restorePath': resolver({
    arguments: z.object({ path_id: uuidArgument }),
    target: ({ path_id }) => pathTarget(path_id),
    async resolve({ path_id }, { context, caller, caches, onFailover }) {
      const done = await restorePath(context, caches, { path_id, actor: caller });
      onFailover(done, 'restorePath');
      const lead = `Path ${path_id} is in use again`;
      return presentFailover(done, { lead, unmoved: 'no policy prefers it now' });
    },
  }),
};

const LONGEST_MAINTENANCE_MS = 366 * 86_400_000;

/** @throws ValidationError */
function checkUntil(until_ms: number | undefined, now: number): void {
  if (until_ms === undefined || (until_ms > now && until_ms <= now + LONGEST_MAINTENANCE_MS)) return;
  throw new ValidationError(
    'until must be a time in the next 366 days: use until_restored for maintenance without a planned end.',
    { arguments: ['until'] },
  );
}

function outUntil(path_id: string, { until_ms, until_restored }: WithdrawalTerms): string {
  if (until_restored) return `Path ${path_id} is out of use until restorePath`;
  if (until_ms !== undefined) return `Path ${path_id} is out of use until ${timestamp(until_ms)} at least`;
  return `Path ${path_id} is out of use until it has been good for long enough`;
}

function presentRouting(
  policy_id: string,
  { routing: { preference, failover }, updated_at }: { routing: PolicyRouting; updated_at: string | null },
): PresentedRouting {
  const weights = preference.kind === 'CUSTOM' ? preference.weights : null;
  return { policy_id, preference: preference.kind, weights, ...failover, updated_at };
}

/** The start of a failover's message, and its end if no policy moved. */
interface Lead {
  lead: string;
  unmoved: string;
}

function presentFailover({ receipt, audit_id }: FailoverDone, lead: Lead) {
  const { path_id, samples, moved, without_path, flows_moved, bytes_moved, moved_since, bytes_carried } =
    receipt;
  return {
    success: true,
    message: failoverMessage(lead, { moved: moved.length, withoutPath: without_path }),
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

function failoverMessage(
  { lead, unmoved }: Lead,
  { moved, withoutPath }: { moved: number; withoutPath: string[] },
): string {
  if (moved === 0) return `${lead}; ${unmoved}.`;
  const policies = moved === 1 ? '1 policy uses' : `${moved} policies use`;
  if (withoutPath.length === 0) return `${lead}; ${policies} another path.`;
  const stranded =
    withoutPath.length === 1
      ? `policy ${withoutPath[0]} has`
      : `policies ${withoutPath.slice(0, 5).join(', ')}${withoutPath.length > 5 ? ' …' : ''} have`;
  return `${lead}. No path is left between these sites: ${stranded} none. Restore or add another path, or repair this one.`;
}
