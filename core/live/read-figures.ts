import type { FigureScope } from '../../graphql/schema.generated.ts';
import { presentActiveFlows } from '../answers/present-active-flows.ts';
import { presentRate } from '../answers/present-rate.ts';
import { undefinedPolicy } from '../inventory/policies/list-policies.ts';
import { readPolicies } from '../inventory/policies/read-policies.ts';
import { type Counts, noCounts } from '../ledger/figures/read-counters.ts';
import { readShownCounters, readShownTotals } from '../ledger/figures/shown-counters.ts';
import { BUILT_IN_POLICY } from '../policy/policy.ts';
import { healthScore } from '../routing/health/health-score.ts';
import { readNetworkPicture } from '../routing/network/network-picture.ts';
import { type JudgedPath, judgePaths } from '../routing/network/path-health.ts';
import { repeatUntil } from '../storage/retrying.ts';
import type { StoreContext } from '../storage/store-context.ts';
import { type HeldFigures, type LiveFigure, type ReadFigures, TOTALS_ID } from './figure.ts';
import { type HeldSites, readSiteFigures } from './site-figures.ts';

/** What a function remembers between readings. */
export interface FigureMemory {
  /** The cached picture of the network. */
  caches: object;
  /** The setting of this name. */
  silent_after_s?: number | undefined;
  /** The figures of SITES at the last snapshot. */
  sites?: HeldSites;
  /** The last reading of each scope with more than one page. */
  pages?: Map<FigureScope, HeldFigures>;
}

/**
 * Reads all present figures of a scope.
 *
 * @throws ValidationError for a network that is too large · Throttled at the deadline
 */
export const readFigures: Record<
  FigureScope,
  (context: StoreContext, memory: FigureMemory) => Promise<ReadFigures>
> = {
  async TOTALS(context) {
    const as_of_ms = context.clock();
    const totals = await repeatUntil(context, () => readShownTotals(context.client, context.tables));
    return { as_of_ms, items: [countedFigure(TOTALS_ID, totals)] };
  },

  async POLICIES(context) {
    const as_of_ms = context.clock();
    const [{ defined }, counters] = await Promise.all([
      readPolicies(context),
      repeatUntil(context, () => readShownCounters(context.client, context.tables)),
    ]);
    const names = new Map([...defined, BUILT_IN_POLICY].map(({ id, name }) => [id, name]));
    const items = Array.from(new Set([...names.keys(), ...counters.keys()]), id => ({
      ...countedFigure(id, counters.get(id) ?? noCounts()),
      name: names.get(id) ?? undefinedPolicy(id).name,
    }));
    return { as_of_ms, items };
  },

  SITES: readSiteFigures,

  async PATHS(context, { caches }) {
    const as_of_ms = context.clock();
    const picture = await readNetworkPicture(context, caches);
    const judged = await judgePaths(context, picture.paths, picture);
    return { as_of_ms, items: judged.map(pathFigure) };
  },
};

function countedFigure(id: string, counts: Counts): LiveFigure {
  return {
    id,
    packets_exact: String(counts.packets),
    bytes_exact: String(counts.bytes),
    active_flows: presentActiveFlows(counts.active_flows),
    rate: presentRate(counts),
  };
}

function pathFigure({ path, metrics, status }: JudgedPath): LiveFigure {
  return {
    id: path.id,
    status,
    score: metrics ? healthScore(metrics) : null,
    latency_ms: metrics?.latency_ms ?? null,
    jitter_ms: metrics?.jitter_ms ?? null,
    packet_loss_pct: metrics?.packet_loss_pct ?? null,
    measured_at: metrics?.measured_at ?? null,
  };
}
