import { describe, expect, it } from 'vitest';
import { parseSearch, stringifySearch } from '../../../web/address/search.ts';
import { boundsOf, readRange, stepRange, writeRange } from '../../../web/address/time-range.ts';

const NOW = Date.UTC(2026, 0, 31, 12, 30, 20);
const at = (hour: number, minute = 0): number => Date.UTC(2026, 0, 31, hour, minute);

describe('the time range of an address', () => {
  it.each([
    [{}, { live: '1h' }],
    [{ range: '6h' }, { live: '6h' }],
    [{ range: 'toString' }, { live: '1h' }],
    [
      { from: '2026-01-31T10:00Z', to: '2026-01-31T11:00Z' },
      { from: at(10), to: at(11) },
    ],
    [{ from: '2026-01-31T11:00Z', to: '2026-01-31T10:00Z' }, { live: '1h' }],
    [{ from: 'yesterday', to: 'today', range: '7d' }, { live: '7d' }],
  ])('%j is %j', (search, choice) => {
    expect(readRange(search)).toEqual(choice);
  });

  it('is written in the form in which it is read', () => {
    for (const choice of [{ live: '24h' as const }, { from: at(10), to: at(11, 5) }]) {
      const search = parseSearch(stringifySearch(writeRange(choice)));
      expect(readRange(search)).toEqual(choice);
    }
    expect(stringifySearch(writeRange({ live: '1h' }))).toBe('');
    expect(stringifySearch(writeRange({ from: at(10), to: at(11) }))).toBe(
      '?from=2026-01-31T10:00Z&to=2026-01-31T11:00Z',
    );
  });

  it('ends with the last whole minute if it is live', () => {
    expect(boundsOf({ live: '1h' }, NOW)).toEqual({ from: at(11, 30), to: at(12, 30) });
  });

  it('returns to its start after a step back and a step forward', () => {
    const back = stepRange({ live: '1h' }, -1, NOW);
    expect(back).toEqual({ from: at(10, 30), to: at(11, 30) });
    expect(stepRange(back, -1, NOW)).toEqual({ from: at(9, 30), to: at(10, 30) });
    expect(stepRange(back, 1, NOW)).toEqual({ live: '1h' });
    expect(stepRange(back, 1, NOW + 2.5 * 60_000)).toEqual({ live: '1h' });
    expect(stepRange(back, 1, NOW + 4 * 60_000)).toEqual({ from: at(11, 30), to: at(12, 30) });
  });

  it('ends now at the latest if it is not as long as a live one', () => {
    const choice = { from: at(11, 40), to: at(12, 20) };
    expect(stepRange(choice, 1, NOW)).toEqual({ from: NOW - 40 * 60_000, to: NOW });
  });
});
