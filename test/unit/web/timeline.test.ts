import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Moment, merged } from '../../../web/pages/changes/timeline.ts';

const moment = (id: string, minute: number): Moment => ({
  id,
  at: `2026-03-15T12:${String(minute).padStart(2, '0')}:00.000Z`,
});
const ids = (moments: Moment[]) => moments.map(({ id }) => id);

describe('two merged lists', () => {
  it('are newest first, with each moment once', () => {
    const a = { items: [moment('a', 5), moment('both', 3)], hasMore: false };
    const b = { items: [moment('b', 4), moment('both', 3), moment('c', 1)], hasMore: false };
    expect(ids(merged(a, b))).toEqual(['a', 'b', 'both', 'c']);
  });

  it('end where one list has not been loaded further', () => {
    const a = { items: [moment('a', 9), moment('b', 8)], hasMore: true };
    const b = { items: [moment('c', 7), moment('d', 1)], hasMore: false };
    expect(ids(merged(a, b))).toEqual(['a', 'b']);
    expect(ids(merged({ ...a, hasMore: false }, b))).toEqual(['a', 'b', 'c', 'd']);
  });

  it('are empty until each list has loaded something', () => {
    expect(merged({ items: [], hasMore: true }, { items: [moment('a', 1)], hasMore: false })).toEqual([]);
  });

  it('omit nothing between two visible moments, however far each list is loaded', () => {
    const list = fc.uniqueArray(fc.integer({ min: 0, max: 59 }), { maxLength: 20 });
    fc.assert(
      fc.property(list, list, fc.nat(20), fc.nat(20), (a, b, loadedA, loadedB) => {
        const all = (minutes: number[], name: string) =>
          minutes.toSorted((x, y) => y - x).map(minute => moment(`${name}${minute}`, minute));
        const source = (items: Moment[], loaded: number) => ({
          items: items.slice(0, loaded),
          hasMore: loaded < items.length,
        });
        const [wholeA, wholeB] = [all(a, 'a'), all(b, 'b')];
        const shown = merged(source(wholeA, loadedA), source(wholeB, loadedB));
        const whole = merged({ items: wholeA, hasMore: false }, { items: wholeB, hasMore: false });
        expect(ids(shown)).toEqual(ids(whole).slice(0, shown.length));
      }),
      { numRuns: 300 },
    );
  });
});
