import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Differences,
  type Happened,
  type RateChange,
  rankChanges,
} from '../../../core/effects/rank-changes.ts';
import { ratesBetween } from '../../../core/effects/rates-between.ts';

const IDS = ['1', '2', '3'];

const rate = fc.option(fc.integer({ min: 0, max: 5 }), { nil: null, freq: 4 });
const change: fc.Arbitrary<RateChange> = fc.record({ before: rate, after: rate });
const rates = fc
  .uniqueArray(fc.tuple(fc.constantFrom(...IDS), change), { selector: ([id]) => id })
  .map(pairs => new Map(pairs));

const entry = fc
  .record({
    at: fc.integer({ min: 0, max: 3 }),
    kind: fc.constantFrom('DECISION', 'STATE', 'POLICY', 'INVENTORY', 'OTHER'),
    target: fc.option(fc.constantFrom(...IDS.map(id => `policy:${id}`)), { nil: null }),
    title: fc.constantFrom('It was changed.', 'It fell silent.'),
    policy_id: fc.option(fc.constantFrom(...IDS), { nil: undefined }),
    site_ids: fc.subarray(IDS),
    moved: rate,
  })
  .map(given => given as Omit<Happened, 'id'>);
const happened = fc
  .array(entry, { maxLength: 12 })
  .map(entries => entries.map((each, index): Happened => ({ ...each, id: `e${index}` })));

const differences: fc.Arbitrary<Differences> = fc.record({ policies: rates, sites: rates, happened });

const turned = (given: ReadonlyMap<string, RateChange>) =>
  new Map(Array.from(given, ([id, { before, after }]) => [id, { before: after, after: before }]));

describe('what changed between two instants', () => {
  it('is ranked by effect, what has no known one last', () => {
    fc.assert(
      fc.property(differences, given => {
        const effects = rankChanges(given).map(({ effect }) => effect ?? -1);
        expect(effects).toEqual(effects.toSorted((a, b) => b - a));
      }),
    );
  });

  it("loses nothing: each entry is in one change, and so is all traffic that isn't the same", () => {
    fc.assert(
      fc.property(differences, given => {
        const ranked = rankChanges(given);
        const times = ranked.reduce((sum, change) => sum + change.times, 0);
        expect(times).toBe(given.happened.length);
        const differs = [...given.policies.values(), ...given.sites.values()].filter(
          ({ before, after }) => before === null || after === null || before !== after,
        );
        expect(ranked.filter(change => change.times === 0)).toHaveLength(differs.length);
        const newest = ranked.flatMap(({ newest_id }) => newest_id ?? []);
        expect(new Set(newest).size).toBe(newest.length);
      }),
    );
  });

  it("doesn't depend on the order in which it was read", () => {
    fc.assert(
      fc.property(differences, fc.func(fc.integer()), (given, key) => {
        const shuffled = <T>(list: readonly T[]) => list.toSorted((a, b) => key(a) - key(b));
        const other = {
          policies: new Map(shuffled([...given.policies])),
          sites: new Map(shuffled([...given.sites])),
          happened: shuffled(given.happened),
        };
        expect(rankChanges(other)).toEqual(rankChanges(given));
      }),
    );
  });

  it('has the same order and effects when before and after change places', () => {
    fc.assert(
      fc.property(differences, given => {
        const back = { ...given, policies: turned(given.policies), sites: turned(given.sites) };
        const seen = rankChanges(given).map(change => ({
          ...change,
          rate: change.rate && { before: change.rate.after, after: change.rate.before },
        }));
        expect(rankChanges(back)).toEqual(seen);
      }),
    );
  });

  it.each<[string, Partial<Happened>, number | null]>([
    ["a policy's traffic", { kind: 'POLICY', policy_id: '1' }, 4],
    ['a policy that carried nothing at either time', { kind: 'POLICY', policy_id: '9' }, null],
    ['the site with the larger difference', { kind: 'INVENTORY', site_ids: ['1', '2'] }, 30],
    ['what a decision moved, whatever its sites carry', { kind: 'DECISION', site_ids: ['1'], moved: 7 }, 7],
    ['no known rate', { kind: 'STATE', site_ids: ['3'] }, null],
    ['nothing', { kind: 'OTHER' }, null],
  ])('goes with %s', (_, given, effect) => {
    const about = {
      id: 'e',
      at: 1,
      target: null,
      title: 'It.',
      policy_id: undefined,
      site_ids: [],
      moved: null,
    };
    const ranked = rankChanges({
      policies: new Map([['1', { before: 10, after: 6 }]]),
      sites: new Map([
        ['1', { before: 0, after: 30 }],
        ['2', { before: 5, after: 4 }],
        ['3', { before: null, after: 4 }],
      ]),
      happened: [{ ...about, kind: 'OTHER', ...given }],
    });
    expect(ranked.find(({ times }) => times === 1)?.effect).toBe(effect);
  });

  it("sums what the decisions about a path moved, and doesn't where one isn't known", () => {
    const decision = (id: string, moved: number | null): Happened => ({
      ...{ id, at: 1, kind: 'DECISION', target: 'path:1', title: 'It was left.' },
      ...{ policy_id: undefined, site_ids: [], moved },
    });
    const effectOf = (...entries: Happened[]) =>
      rankChanges({ policies: new Map(), sites: new Map(), happened: entries })[0]!.effect;
    expect(effectOf(decision('a', 3), decision('b', 4))).toBe(7);
    expect(effectOf(decision('a', 3), decision('b', null))).toBeNull();
  });
});

describe('rates of two times', () => {
  const counted = (bytes: Record<string, bigint>, seconds = 8) => ({
    bytes: new Map(Object.entries(bytes)),
    seconds,
  });

  it("are bits a second; what isn't named in a time counted nothing in it", () => {
    expect(ratesBetween(counted({ a: 5n }), counted({ a: 10n, b: 1n }, 4))).toEqual(
      new Map([
        ['a', { before: 5, after: 20 }],
        ['b', { before: 0, after: 2 }],
      ]),
    );
  });

  it.each([
    ["a time wasn't measured", undefined],
    ['counts were taken back in it', counted({ a: -1n })],
  ])('are null where %s', (_, before) => {
    expect(ratesBetween(before, counted({ a: 8n }))).toEqual(new Map([['a', { before: null, after: 8 }]]));
  });
});
