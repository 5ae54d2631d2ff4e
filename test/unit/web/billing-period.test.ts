import fc from 'fast-check';
import { expect, it } from 'vitest';
import { billingPeriods, LAST_DAY, readDay } from '../../../web/pages/traffic/billing-period.ts';

const iso = ({ from, to }: { from: number; to: number }) =>
  [from, to].map(at => new Date(at).toISOString().slice(0, 16));

it.each([
  [
    '2026-03-15T12:00Z',
    1,
    ['2026-03-01T00:00', '2026-04-01T00:00'],
    ['2026-02-01T00:00', '2026-03-01T00:00'],
  ],
  [
    '2026-03-15T12:00Z',
    20,
    ['2026-02-20T00:00', '2026-03-20T00:00'],
    ['2026-01-20T00:00', '2026-02-20T00:00'],
  ],
  [
    '2026-01-01T00:00Z',
    1,
    ['2026-01-01T00:00', '2026-02-01T00:00'],
    ['2025-12-01T00:00', '2026-01-01T00:00'],
  ],
  [
    '2026-01-05T00:00Z',
    28,
    ['2025-12-28T00:00', '2026-01-28T00:00'],
    ['2025-11-28T00:00', '2025-12-28T00:00'],
  ],
])('finds at %s for a period from day %i: %j, after %j', (now, day, current, last) => {
  expect(billingPeriods(Date.parse(now), { day, count: 2 }).map(iso)).toEqual([current, last]);
});

it('gives periods without gaps, the first with the present time, none longer than the API accepts', () => {
  const property = fc.property(
    fc.integer({ min: Date.UTC(2000, 0), max: Date.UTC(2100, 0) }),
    fc.integer({ min: 1, max: LAST_DAY }),
    (now, day) => {
      const periods = billingPeriods(now, { day, count: 14 });
      expect(periods[0]!.from <= now && now < periods[0]!.to).toBe(true);
      for (const [index, { from, to }] of periods.entries()) {
        expect(to - from).toBeLessThanOrEqual(31 * 86_400_000);
        expect(periods[index + 1]?.to ?? from).toBe(from);
      }
    },
  );
  fc.assert(property);
});

it.each([
  [undefined, 1],
  ['15', 15],
  ['29', 1],
  ['0', 1],
  ['1.5', 1],
  ['x', 1],
])('reads from the address %s the day %i', (text, day) => {
  expect(readDay(text)).toBe(day);
});
