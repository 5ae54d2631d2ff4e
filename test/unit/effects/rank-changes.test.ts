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

describe('the changes between two instants', () => {
  it('are ranked by effect, unknown effects last', () => {
    fc.assert(
      fc.property(differences, given => {
        const effects = rankChanges(given).map(({ effect }) => effect ?? -1);
        expect(effects).toEqual(effects.toSorted((a, b) => b - a));
      }),
    );
  });

  it('contain each entry and each difference in traffic once', () => {
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

  it('do not depend on the order of the input', () => {
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

  it('keep their order and effects if before and after are swapped', () => {
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
    [
      'the bytes moved by a decision, for any traffic of its sites',
      { kind: 'DECISION', site_ids: ['1'], moved: 7 },
      7,
    ],
    ['no known rate', { kind: 'STATE', site_ids: ['3'] }, null],
    ['nothing', { kind: 'OTHER' }, null],
  ])('are ranked by %s', (_, given, effect) => {
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

  const about: Omit<Happened, 'id'> = {
    ...{ at: 1, kind: 'OTHER', target: null, title: 'It.' },
    ...{ policy_id: undefined, site_ids: [], moved: null },
  };
  const rankedOf = (
    entries: (Partial<Happened> & Pick<Happened, 'id'>)[],
    given: Partial<Differences> = {},
  ) =>
    rankChanges({
      ...{ policies: new Map(), sites: new Map(), ...given },
      happened: entries.map(entry => ({ ...about, ...entry })),
    });

  it('combine entries of one kind and target, with the title of the newest', () => {
    const ranked = rankedOf([
      { id: 'b', at: 7, kind: 'POLICY', target: 'policy:1', title: 'It was enabled.' },
      { id: 'a', at: 5, kind: 'POLICY', target: 'policy:1', title: 'It was disabled.' },
      { id: 'c', at: 6, kind: 'STATE', target: 'policy:1', title: 'It was disabled.' },
      { id: 'd', at: 6, kind: 'POLICY', target: 'policy:2', title: 'It was disabled.' },
    ]);
    expect(
      ranked.map(({ kind, target, title, times, first_at, last_at, newest_id }) => [
        ...[kind, target, title, times, first_at, last_at, newest_id],
      ]),
    ).toEqual([
      ['STATE', 'policy:1', 'It was disabled.', 1, 6, 6, 'c'],
      ['POLICY', 'policy:1', 'It was enabled.', 2, 5, 7, 'b'],
      ['POLICY', 'policy:2', 'It was disabled.', 1, 6, 6, 'd'],
    ]);
  });

  it('combine entries without a target by title', () => {
    const ranked = rankedOf([
      { id: 'a', title: 'It was cut off.' },
      { id: 'b', title: 'It came back.' },
      { id: 'c', title: 'It came back.' },
    ]);
    expect(ranked.map(({ title, times }) => [title, times])).toEqual([
      ['It came back.', 2],
      ['It was cut off.', 1],
    ]);
  });

  it('name a policy or site whose traffic differs, and omit equal traffic', () => {
    const ranked = rankedOf([], {
      policies: new Map([
        ['1', { before: 1, after: 3 }],
        ['2', { before: 3, after: 3 }],
      ]),
      sites: new Map([['1', { before: 4, after: 3 }]]),
    });
    expect(
      ranked.map(({ kind, target, rate, effect, times }) => [kind, target, rate, effect, times]),
    ).toEqual([
      ['POLICY_TRAFFIC', 'policy:1', { before: 1, after: 3 }, 2, 0],
      ['SITE_TRAFFIC', 'site:1', { before: 4, after: 3 }, 1, 0],
    ]);
  });

  it('show the rate of a single policy or site, and none for several', () => {
    const sites = new Map([
      ['1', { before: 0, after: 30 }],
      ['2', { before: 5, after: 4 }],
    ]);
    const rateOf = (site_ids: string[]) =>
      rankedOf([{ id: 'a', site_ids }], { sites }).find(({ times }) => times > 0)!.rate;
    expect(rateOf(['1'])).toEqual({ before: 0, after: 30 });
    expect(rateOf(['1', '9'])).toEqual({ before: 0, after: 30 });
    expect(rateOf(['1', '2'])).toBeNull();
    expect(rateOf([])).toBeNull();
  });

  it('of equal effect are ordered by kind, then newest first, then by target, then by title', () => {
    const ranked = rankedOf([
      { id: '1', kind: 'OTHER', target: 'b' },
      { id: '2', kind: 'OTHER', target: 'a' },
      { id: '3', kind: 'OTHER', target: null, title: 'B.' },
      { id: '4', kind: 'OTHER', target: null, title: 'A.' },
      { id: '5', kind: 'OTHER', target: 'c', at: 2 },
      { id: '6', kind: 'INVENTORY', target: 'd' },
      { id: '7', kind: 'STATE', target: 'e' },
      { id: '8', kind: 'POLICY', target: 'f' },
    ]);
    expect(ranked.map(({ newest_id }) => newest_id).join('')).toBe('78654321');
  });

  it('sum up the traffic moved by decisions about a path, or have an unknown effect', () => {
    const decision = (id: string, moved: number | null): Happened => ({
      ...{ id, at: 1, kind: 'DECISION', target: 'path:1', title: 'It was left.' },
      ...{ policy_id: undefined, site_ids: [], moved },
    });
    const effectOf = (...entries: Happened[]) =>
      rankChanges({ policies: new Map(), sites: new Map(), happened: entries })[0]!.effect;
    expect(effectOf(decision('a', 3), decision('b', 4))).toBe(7);
    expect(effectOf(decision('a', 3), decision('b', null))).toBeNull();
    expect(effectOf(decision('a', null), decision('b', 4))).toBeNull();
  });
});

describe('rates of two times', () => {
  const counted = (bytes: Record<string, bigint>, seconds = 8) => ({
    bytes: new Map(Object.entries(bytes)),
    seconds,
  });

  it('are bits a second, and 0 for an id without counts at that time', () => {
    expect(ratesBetween(counted({ a: 5n }), counted({ a: 10n, b: 1n }, 4))).toEqual(
      new Map([
        ['a', { before: 5, after: 20 }],
        ['b', { before: 0, after: 2 }],
      ]),
    );
  });

  it('are null at the later time too if that was not measured', () => {
    expect(ratesBetween(counted({ a: 8n }), undefined)).toEqual(new Map([['a', { before: 8, after: null }]]));
    expect(ratesBetween(undefined, undefined)).toEqual(new Map());
  });

  it.each([
    ["a time wasn't measured", undefined],
    ['counts were subtracted at that time', counted({ a: -1n })],
  ])('are null if %s', (_, before) => {
    expect(ratesBetween(before, counted({ a: 8n }))).toEqual(new Map([['a', { before: null, after: 8 }]]));
  });
});
