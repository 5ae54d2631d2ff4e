import { afterEach, beforeEach, expect, it } from 'vitest';
import { DecisionWorld, type Remembered } from '../../support/decision-world.ts';
import { seededRandom } from '../../support/random.ts';
import { createTables, type TestTables } from '../../support/tables.ts';

const SEEDS = Array.from({ length: Number(process.env.DECISION_RUNS ?? 2) }, (_, index) => index + 1);
const STEPS = 40;

/** What is stored of a settled score may be 2 points behind, in its class. */
const SCORE_STEP = 2;

let db: TestTables;
beforeEach(async () => {
  db = await createTables();
});
afterEach(() => db.drop());

it.each(SEEDS)(
  'a past decision is returned as it was made, with any later measurements and changes (history %i)',
  async seed => {
    const random = seededRandom(seed);
    const world = new DecisionWorld(db, random);
    await world.begin();
    const remembered: Remembered[] = [];
    for (let step = 0; step < STEPS; step++) {
      await world.step();
      if (random.chance(0.4)) remembered.push(await world.remember());
    }
    await world.advance(60_000);
    expect(remembered.length).toBeGreaterThan(5);
    for (const then of remembered) expect(alike(await world.recall(then.at), then)).toEqual(then);
  },
  120_000,
);

interface Candidate {
  settled_score: number | null;
}
interface Decision {
  candidates: Candidate[];
}

/** An answer with the settled scores of another one, where they are as close as they may be. */
function alike(answer: Remembered, like: Remembered): Remembered {
  const decisions = (answer.decisions as Decision[]).map((decision, index) => ({
    ...decision,
    candidates: decision.candidates.map((candidate, place) => {
      const other = (like.decisions[index] as Decision | undefined)?.candidates[place]?.settled_score;
      const { settled_score: own } = candidate;
      const isClose = own !== null && other != null && Math.abs(own - other) < SCORE_STEP;
      return isClose ? { ...candidate, settled_score: other } : candidate;
    }),
  }));
  return { ...answer, decisions };
}
