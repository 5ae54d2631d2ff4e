import { fnv1a } from '../../../core/hash.ts';
import { done, type Planner } from '../control/control-state.ts';
import { OPERATIONS } from '../control/operations.ts';
import { seededRandom } from '../random.ts';

/** The actions of people, with their relative frequency. */
const WEIGHTS = {
  createSite: 2,
  updateSite: 2,
  addEndpoint: 2,
  updateEndpoint: 2,
  removeEndpoint: 1,
  createPath: 5,
  deletePath: 2,
  deleteSite: 3,
  deleteSites: 1,
  restoreSite: 6,
  createPolicy: 2,
  updatePolicy: 2,
  togglePolicy: 4,
  deletePolicy: 1,
  restorePolicyVersion: 3,
  setPolicyRouting: 2,
  failoverPath: 4,
  restorePath: 4,
  resetPolicyStats: 1,
} satisfies Partial<Record<keyof typeof OPERATIONS, number>>;

export type StepName = keyof typeof WEIGHTS;

const PLANNERS: Record<StepName, Planner> = {
  ...OPERATIONS,
  /**
   * The model cannot know the edges' counts at that time. It is undone at once, so that the totals
   * remain known.
   */
  resetPolicyStats(state, choose) {
    const policy_id = choose([
      ...state.policies.filter(({ defined }) => defined).map(({ id }) => id),
      'default',
    ])!;
    return done('resetPolicyStats', { policy_id }, { target: `policy:${policy_id}`, apply() {} });
  },
};

/** The next step of a person. */
export interface Step {
  number: number;
  name: StepName;
  plan: Planner;
  /** The random choices within it. */
  picks: number[];
  /** The token for the system, if it may be repeated. */
  token: string;
  /** Whether it is undone, and that undone again. */
  undo: 'no' | 'once' | 'twice';
  /** The pause of the person before it. */
  pause_ms: number;
}

const NAMES = Object.entries(WEIGHTS).flatMap(([name, weight]) =>
  Array.from({ length: weight }, () => name as StepName),
);
const PICKS = 6;

/**
 * The steps of a person, one after another; each from the seed only, whatever the earlier ones did.
 */
export function stepOf({ seed, person, number, pause_ms }: StepPlace): Step {
  const random = seededRandom(fnv1a(`${seed} ${person} ${number}`));
  const name = random.pick(NAMES);
  return {
    number,
    name,
    plan: PLANNERS[name],
    picks: Array.from({ length: PICKS }, () => random.below(60)),
    token: `soak-${seed}-${person}-${number}`,
    undo: random.pick(['no', 'no', 'once', 'twice'] as const),
    pause_ms: Math.round(random.next() * 2 * pause_ms),
  };
}

export interface StepPlace {
  seed: number;
  person: number;
  number: number;
  /** Mean. */
  pause_ms: number;
}
