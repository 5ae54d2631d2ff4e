import { comparePolicyIds as compareIds } from '../../policy/policy-match.ts';
import { isDead } from '../health/health-score.ts';
import { settledScoreOf } from '../health/settled-score.ts';
import {
  choosePath,
  comparedValue,
  type PathCandidate,
  RANK,
  type Standing,
  standingOf,
} from './choose-path.ts';
import { decisionReason } from './decision-reason.ts';
import type { PathPreference, PathWeights } from './path-preference.ts';
import { pathComponents } from './weighted-score.ts';

/** A path between two sites, and how a policy's decision judged it. */
export interface ExplainedPath {
  candidate: PathCandidate;
  standing: Standing;
  settled_score: number | null;
  /**
   * Each component of the weighted score, 0 (worst) to 100 (best); null: there is no recent
   * measurement.
   */
  components: Required<PathWeights> | null;
  /**
   * The value that the preference compares, in its own unit: ms, Mbit/s, per cent, per GB, points;
   * null: not measured.
   */
  value: number | null;
  /**
   * How much worse it is than the selected path, in the same unit; null: their classes differ, or
   * they are not comparable.
   */
  margin: number | null;
  /** A sentence that says why it was left out; null: it wasn't. */
  excluded: string | null;
  /** 1 for the selected path; null: it can't be used. */
  rank: number | null;
}

export interface ExplainedChoice {
  /** null: no path can be used. */
  selected_path_id: string | null;
  reason: string;
  /** In order of rank; paths that can't be used are at the end. */
  candidates: ExplainedPath[];
}

/** Preferences for which a higher value is better. It is compared with the sign reversed. */
const HIGHER_IS_BETTER: readonly PathPreference['kind'][] = ['HIGHEST_BANDWIDTH', 'CUSTOM'];

/**
 * The decision of a policy with everything that it depends on. It is the same decision as that of
 * `makeDecision`, which returns less. Pure.
 *
 * @param why_out returns why a policy has left a path
 */
export function explainChoice(
  candidates: readonly PathCandidate[],
  preference: PathPreference,
  why_out: (path_id: string) => string,
): ExplainedChoice {
  const choice = choosePath(candidates, preference);
  const ranked = candidates
    .map(candidate => ({
      candidate,
      standing: standingOf(candidate),
      compared: comparedValue(candidate, preference),
    }))
    .sort(
      (a, b) =>
        RANK[a.standing] - RANK[b.standing] ||
        a.compared - b.compared ||
        compareIds(a.candidate.path_id, b.candidate.path_id),
    );
  const selected = choice.selected ? ranked[0] : undefined;
  const sign = HIGHER_IS_BETTER.includes(preference.kind) ? -1 : 1;
  return {
    selected_path_id: selected?.candidate.path_id ?? null,
    reason: decisionReason(choice, preference),
    candidates: ranked.map(({ candidate, standing, compared }, index) => {
      const { metrics, cost_per_gb } = candidate;
      const isKnown = metrics !== undefined || preference.kind === 'LOWEST_COST';
      const isComparable = isKnown && standing !== 'out' && standing === selected?.standing;
      return {
        candidate,
        standing,
        settled_score: metrics ? settledScoreOf(metrics) : null,
        components: metrics ? pathComponents({ ...metrics, cost_per_gb }) : null,
        value: isKnown ? sign * compared : null,
        margin: isComparable ? compared - selected.compared : null,
        excluded: whyExcluded({ candidate, standing }, selected?.standing, why_out),
        rank: standing === 'out' ? null : index + 1,
      };
    }),
  };
}

/** The words for a path of this class. */
const IS: Record<Exclude<Standing, 'out'>, string> = {
  optimal: 'optimal',
  degraded: 'degraded',
  unmeasured: 'not measured lately',
  failed: 'failed',
};

function whyExcluded(
  { candidate, standing }: { candidate: PathCandidate; standing: Standing },
  best: Standing | undefined,
  why_out: (path_id: string) => string,
): string | null {
  if (candidate.out) return why_out(candidate.path_id);
  if (candidate.metrics && isDead(candidate.metrics))
    return 'Nothing gets through: all of its probes were lost.';
  if (standing === best || standing === 'out' || best === undefined || best === 'out') return null;
  return `It is ${IS[standing]}, and another path is ${IS[best]}.`;
}
