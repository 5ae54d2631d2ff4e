import { fnv1a } from '../../../core/hash.ts';
import { done, type Planner } from '../control/control-state.ts';
import { OPERATIONS } from '../control/operations.ts';
import { seededRandom } from '../random.ts';

/** What people do, and how often by comparison. */
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
   * The model can't know what the edges have counted by then. It is taken back at once, so that the
   * totals stay known.
   */
  resetPolicyStats(state, choose) {
    const policy_id = choose([
      ...state.policies.filter(({ defined }) => defined).map(({ id }) => id),
      'default',
    ])!;
    return done('resetPolicyStats', { policy_id }, { target: `policy:${policy_id}`, apply() {} });
  },
};

/** One thing that a person is about to do. */
export interface Step {
  number: number;
  name: StepName;
  plan: Planner;
  /** What the choices within it are made by. */
  picks: number[];
  /** What it is called towards the system, where it may be repeated. */
  token: string;
  /** Whether it is taken back, and that again. */
  undo: 'no' | 'once' | 'twice';
  /** What the person thinks about before it. */
  pause_ms: number;
}

const NAMES = Object.entries(WEIGHTS).flatMap(([name, weight]) =>
  Array.from({ length: weight }, () => name as StepName),
);
const PICKS = 6;

/**
 * What a person does, one step after another; each by the seed alone, whatever earlier ones led to.
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
