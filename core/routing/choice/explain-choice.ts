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

/** A path between two sites, and what a policy's decision made of it. */
export interface ExplainedPath {
  candidate: PathCandidate;
  standing: Standing;
  settled_score: number | null;
  /**
   * Each component, 0 (worst) to 100 (best), as weights take them; null: nothing was measured
   * lately.
   */
  components: Required<PathWeights> | null;
  /**
   * What the preference compares, in its own unit: ms, Mbit/s, per cent, per GB, points; null: not
   * measured.
   */
  value: number | null;
  /**
   * How much worse than the selected path, in the same unit; null: they are of different classes,
   * or not comparable.
   */
  margin: number | null;
  /** Why it was left out, a sentence; null: it wasn't. */
  excluded: string | null;
  /** 1 for the selected one; null: it can't be used. */
  rank: number | null;
}

export interface ExplainedChoice {
  /** null: there is no path that could carry it. */
  selected_path_id: string | null;
  reason: string;
  /** The best first, those that can't be used last. */
  candidates: ExplainedPath[];
}

/** A higher value is better, and is compared with its sign turned. */
const HIGHER_IS_BETTER: readonly PathPreference['kind'][] = ['HIGHEST_BANDWIDTH', 'CUSTOM'];

/**
 * The decision of a policy with all that it was made from. The same as `makeDecision`, which says
 * less. Pure.
 *
 * @param why_out says why a policy keeps off a path that it has left
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
        value: isKnown ? withoutMinusZero(sign * compared) : null,
        margin: isComparable ? compared - selected.compared : null,
        excluded: whyExcluded({ candidate, standing }, selected?.standing, why_out),
        rank: standing === 'out' ? null : index + 1,
      };
    }),
  };
}

/** In words of what a path of this class is. */
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
    return 'Nothing comes through: all of its probes were lost.';
  if (standing === best || standing === 'out' || best === undefined || best === 'out') return null;
  return `It is ${IS[standing]}, and a path is there that is ${IS[best]}.`;
}

const withoutMinusZero = (value: number): number => value + 0;
