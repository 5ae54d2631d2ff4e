import type {
  PathCandidate as PresentedCandidate,
  PolicyDecision as PresentedDecision,
} from '../../graphql/schema.generated.ts';
import type { Standing } from '../routing/choice/choose-path.ts';
import type { ExplainedPath } from '../routing/choice/explain-choice.ts';
import type { PolicyDecision } from '../routing/decisions/all-decisions.ts';

/** A decision with its candidates, in the form of the API. */
export function presentDecision({ preference, candidates, ...decision }: PolicyDecision): PresentedDecision {
  return {
    ...decision,
    preference: preference.kind,
    weights: preference.kind === 'CUSTOM' ? preference.weights : null,
    candidates: candidates.map(presentCandidate),
  };
}

/** The API's classes by standing. A path that lost all probes has the standing `out`. */
const CLASSES: Record<Standing, PresentedCandidate['class']> = {
  optimal: 'OPTIMAL',
  degraded: 'DEGRADED',
  unmeasured: 'UNKNOWN',
  failed: 'FAILED',
  out: 'FAILED',
};

function presentCandidate({
  candidate: { path_id, cost_per_gb, metrics, out },
  standing,
  ...explained
}: ExplainedPath): PresentedCandidate {
  return {
    path_id,
    class: out ? 'OUT' : CLASSES[standing],
    latency_ms: metrics?.latency_ms ?? null,
    jitter_ms: metrics?.jitter_ms ?? null,
    packet_loss_pct: metrics?.packet_loss_pct ?? null,
    bandwidth_mbps: metrics?.bandwidth_mbps ?? null,
    cost_per_gb,
    measured_at: metrics?.measured_at ?? null,
    ...explained,
  };
}
