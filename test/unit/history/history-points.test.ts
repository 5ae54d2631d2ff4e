import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { billingPercentile, billingRates } from '../../../core/history/points/billing-rates.ts';
import { type HistoryInput, historyPoints } from '../../../core/history/points/points.ts';
import { DEFAULT_RETENTION, previousRange, resolveRange } from '../../../core/history/resolution.ts';
import type { Sample, SnapshotMark } from '../../../core/history/sample.ts';

const MINUTE = 60_000;
const START = Date.parse('2026-02-28T23:50:00Z');

function mark(at: number): SnapshotMark {
  return { at, taken_at: at + 500, minute: at, edges_expected: 4, edges_heard: 3, lanes: 4, bad_lanes: 0 };
}

function sample(at: number, packets: bigint): Sample {
  return { at, taken_at: at + 500, packets, bytes: packets * 100n, active_flows: 2 };
}

function minutes(from: number, to: number): { from: number; to: number; resolution: 'MINUTE' } {
  return { from: START + from * MINUTE, to: START + to * MINUTE, resolution: 'MINUTE' };
}

/** The points of a range that has long ended. */
function pointsOf(input: Omit<HistoryInput, 'now' | 'base'> & { now?: number }) {
  const base = input.marks.findLast(({ at }) => at <= input.range.from);
  return historyPoints({ now: START + 24 * 3_600_000, base, ...input });
}

describe('historyPoints', () => {
  it('shows a missed minute as a gap and adds its traffic to the next point', () => {
    const points = pointsOf({
      range: minutes(0, 3),
      samples: [sample(START, 10n), sample(START + MINUTE, 70n), sample(START + 3 * MINUTE, 190n)],
      marks: [mark(START), mark(START + MINUTE), mark(START + 3 * MINUTE)],
    });
    expect(points.map(({ packets, gap, intervals_missed }) => ({ packets, gap, intervals_missed }))).toEqual([
      { packets: 60n, gap: false, intervals_missed: 0 },
      { packets: 0n, gap: true, intervals_missed: 0 },
      { packets: 120n, gap: false, intervals_missed: 1 },
    ]);
    expect(points[2]?.packets_per_second).toBe(1);
    expect(points[0]?.bits_per_second).toBe(800);
    expect(points[0]?.completeness).toMatchObject({ edges_expected: 4, edges_heard: 3 });
    expect(points[1]?.completeness).toBeUndefined();
  });

  it('takes an instant with a mark and no sample as unchanged', () => {
    const [point] = pointsOf({
      range: minutes(0, 1),
      samples: [sample(START - 5 * MINUTE, 10n)],
      marks: [mark(START), mark(START + MINUTE)],
    });
    expect(point).toMatchObject({ packets: 0n, packets_total: 10n, gap: false });
  });

  it('marks the interval of a reset and never shows a negative rate', () => {
    const points = pointsOf({
      range: minutes(0, 2),
      samples: [sample(START, 10n), sample(START + MINUTE, 20n), sample(START + 2 * MINUTE, 30n)],
      marks: [mark(START), mark(START + MINUTE), mark(START + 2 * MINUTE)],
      resets: [START + 90_000],
    });
    expect(points.map(point => [point.reset, point.packets])).toEqual([
      [false, 10n],
      [true, 10n],
    ]);
  });

  it('counts from the last snapshot before the range, of any age', () => {
    const [, point] = pointsOf({
      range: minutes(0, 2),
      samples: [sample(START - 95 * MINUTE, 10n), sample(START + 2 * MINUTE, 130n)],
      marks: [mark(START - 90 * MINUTE), mark(START + 2 * MINUTE)],
    });
    expect(point).toMatchObject({ packets: 120n, intervals_missed: 91, gap: false });
    expect(point?.packets_per_second).toBe(120 / (92 * 60));
  });

  it('begins with the first snapshot of the system, from zero and without a rate', () => {
    const points = pointsOf({
      range: minutes(-60, 2),
      begins: START,
      samples: [sample(START + MINUTE, 70n), sample(START + 2 * MINUTE, 130n)],
      marks: [mark(START + MINUTE), mark(START + 2 * MINUTE)],
    });
    expect(
      points.map(({ from, packets, packets_per_second, gap }) => [from, packets, packets_per_second, gap]),
    ).toEqual([
      [START, 70n, 0, false],
      [START + MINUTE, 60n, 1, false],
    ]);
  });

  it('adds traffic from before the first snapshot to its point, which has no rate, and loses none of it', () => {
    const report = { from: START - 2 * MINUTE, to: START + 3 * MINUTE, packets: 500n, bytes: 50_000n };
    const older = { from: START - 9 * MINUTE, to: START - 5 * MINUTE, packets: 40n, bytes: 4000n };
    const points = pointsOf({
      range: minutes(-60, 3),
      begins: START,
      samples: [
        sample(START + MINUTE, 70n),
        { ...sample(START + 2 * MINUTE, 110n), late: [older] },
        { ...sample(START + 3 * MINUTE, 610n), late: [report] },
      ],
      marks: [1, 2, 3].map(minute => mark(START + minute * MINUTE)),
    });
    expect(points.map(({ spread }) => spread)).toEqual([
      { packets: 70n + 40n + 300n, bytes: 41_000n },
      { packets: 100n, bytes: 10_000n },
      { packets: 100n, bytes: 10_000n },
    ]);
    expect(points.map(({ packets_per_second }) => packets_per_second)).toEqual([0, 100 / 60, 100 / 60]);
  });

  it('omits late traffic from before a range that begins later than the system', () => {
    const report = { from: START - MINUTE, to: START + MINUTE, packets: 60n, bytes: 6000n };
    const [point] = pointsOf({
      range: minutes(0, 1),
      samples: [sample(START, 10n), { ...sample(START + MINUTE, 70n), late: [report] }],
      marks: [mark(START), mark(START + MINUTE)],
    });
    expect(point).toMatchObject({ packets: 60n, spread: { packets: 30n, bytes: 3000n } });
  });

  it('returns no points for a range that ends before the first snapshot of the system', () => {
    expect(pointsOf({ range: minutes(0, 3), begins: START + 3 * MINUTE, samples: [], marks: [] })).toEqual(
      [],
    );
  });

  it('omits minutes that are not over or that may still get a snapshot, which are no gaps', () => {
    const input = {
      range: minutes(0, 4),
      samples: [sample(START, 1n)],
      marks: [mark(START), mark(START + MINUTE)],
    };
    const gaps = (seconds: number) =>
      pointsOf({ ...input, now: START + seconds * 1000 }).map(point => point.gap);
    expect(gaps(130)).toEqual([false]);
    expect(gaps(240)).toEqual([false, true]);
    expect(gaps(361)).toEqual([false, true, true, true]);
  });

  it('ignores a snapshot with lower totals than the one before it: a clock was set back', () => {
    const points = pointsOf({
      range: minutes(0, 3),
      samples: [
        sample(START, 10n),
        sample(START + MINUTE, 50n),
        sample(START + 2 * MINUTE, 20n),
        sample(START + 3 * MINUTE, 60n),
      ],
      marks: [0, 1, 2, 3].map(minute => mark(START + minute * MINUTE)),
    });
    expect(points.map(({ packets, gap }) => [packets, gap])).toEqual([
      [40n, false],
      [0n, true],
      [10n, false],
    ]);
  });

  it('counts every packet in exactly one interval, with any missed minutes', () => {
    const minute = fc.record({ more: fc.bigInt(0n, 10n ** 20n), seen: fc.boolean() });
    fc.assert(
      fc.property(fc.array(minute, { minLength: 1, maxLength: 120 }), traffic => {
        let total = 0n;
        const samples = [sample(START, 0n)];
        const marks = [mark(START)];
        traffic.forEach(({ more, seen }, index) => {
          total += more;
          const at = START + (index + 1) * MINUTE;
          const last = index === traffic.length - 1;
          if (!seen && !last) return;
          marks.push(mark(at));
          if (samples.at(-1)?.packets !== total) samples.push(sample(at, total));
        });
        const points = pointsOf({ range: minutes(0, traffic.length), samples, marks });
        expect(points).toHaveLength(traffic.length);
        expect(points.reduce((sum, point) => sum + point.packets, 0n)).toBe(total);
      }),
    );
  });
});

describe('resolveRange', () => {
  const now = Date.parse('2026-03-29T12:00:30Z');
  const retention = DEFAULT_RETENTION;
  const hours = (count: number): number => count * 3_600_000;

  it.each([
    ['an hour', hours(1), 'MINUTE'],
    ['a day', hours(24), 'MINUTE'],
    ['47 hours', hours(47), 'HOUR'],
    ['30 days', hours(24 * 30), 'HOUR'],
    ['half a year', hours(24 * 180), 'DAY'],
  ])('chooses the finest comfortable resolution for %s', (_, length, resolution) => {
    expect(resolveRange({ from: now - length, to: now, now, retention }).resolution).toBe(resolution);
  });

  it('aligns both ends to the grid of UTC, also across a change of the clocks', () => {
    expect(resolveRange({ from: now - hours(30), to: now, resolution: 'HOUR', now, retention })).toEqual({
      from: Date.parse('2026-03-28T06:00:00Z'),
      to: Date.parse('2026-03-29T13:00:00Z'),
      resolution: 'HOUR',
    });
  });

  it.each([
    [
      { from: now, to: now - 1 },
      'from (2026-03-29T12:00:30.000Z) is not before to (2026-03-29T12:00:29.999Z): choose an earlier from or a later to.',
    ],
    [{ from: now + 1, to: now + 2 }, 'from (2026-03-29T12:00:30.001Z) is in the future.'],
    [
      { from: now - hours(49), to: now, resolution: 'MINUTE' as const },
      'MINUTE samples are kept for 48 hours, now since 2026-03-27T12:00:00.000Z: choose a later value for from or the resolution HOUR or DAY.',
    ],
    [
      { from: now - hours(24 * 800), to: now },
      'DAY samples are kept for 730 days, now since 2024-03-29T00:00:00.000Z: choose a later value for from.',
    ],
    [
      { from: now - hours(24 * 91), to: now, resolution: 'MINUTE' as const },
      'MINUTE samples are kept for 48 hours, now since 2026-03-27T12:00:00.000Z: choose a later value for from or the resolution DAY.',
    ],
    [
      {
        from: now - hours(30),
        to: now,
        resolution: 'MINUTE' as const,
        retention: { MINUTE: hours(24), HOUR: hours(48), DAY: hours(72) },
      },
      'MINUTE samples are kept for 24 hours, now since 2026-03-28T12:00:00.000Z: choose a later value for from or the resolution HOUR or DAY.',
    ],
    [
      {
        from: now - hours(200),
        to: now,
        resolution: 'MINUTE' as const,
        retention: { MINUTE: hours(500), HOUR: hours(500), DAY: hours(500) },
      },
      'The range has 12001 points at resolution MINUTE; at most 10000 are allowed: ask for a shorter range or the resolution HOUR or DAY.',
    ],
  ])('rejects %j', (request, message) => {
    expect(() => resolveRange({ retention, ...request, now })).toThrow(message);
  });
});

describe('previousRange', () => {
  const now = Date.parse('2026-03-29T12:00:00Z');
  const HOUR = 3_600_000;

  it('is the period of the same length just before', () => {
    const range = { from: now - 2 * HOUR, to: now, resolution: 'MINUTE' as const };
    expect(previousRange(range, { now, retention: DEFAULT_RETENTION })).toEqual({
      from: now - 4 * HOUR,
      to: now - 2 * HOUR,
      resolution: 'MINUTE',
    });
  });

  it('says which samples are kept if those of the earlier period are gone', () => {
    const range = { from: now - 30 * HOUR, to: now, resolution: 'MINUTE' as const };
    expect(() => previousRange(range, { now, retention: DEFAULT_RETENTION })).toThrow(
      'compare_previous needs samples from 2026-03-27T00:00:00.000Z on, but MINUTE samples are kept for 48 hours, now since 2026-03-27T12:00:00.000Z: ask for a shorter range or the resolution HOUR or DAY.',
    );
  });
});

describe('billingRates', () => {
  const FIVE = START;
  const steady = (minute: number) => sample(FIVE + minute * MINUTE, BigInt(minute) * 60n);

  it('cover the full five minutes of the clock', () => {
    const range = minutes(-2, 12);
    const instants = Array.from({ length: 15 }, (_, index) => index - 2);
    const points = pointsOf({
      range,
      samples: instants.map(minute => sample(FIVE + minute * MINUTE, BigInt(minute + 2) * 60n)),
      marks: instants.map(minute => mark(FIVE + minute * MINUTE)),
    });
    expect(billingRates(points, { range })).toEqual([800, 800]);
  });

  it('spread the traffic of a gap evenly over it, and do not take a gap for zero traffic', () => {
    const range = minutes(0, 20);
    const seen = [0, 1, 2, 13, 14, 15];
    const points = pointsOf({
      range,
      samples: seen.map(steady),
      marks: seen.map(minute => mark(FIVE + minute * MINUTE)),
    });
    const rates = billingRates(points, { range });
    expect(rates).toHaveLength(3);
    for (const rate of rates) expect(rate).toBeCloseTo(800, 6);
  });

  it('omit the first reading of the system, whose period is unknown', () => {
    const range = minutes(0, 10);
    const seen = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
    const points = pointsOf({
      range,
      begins: FIVE,
      samples: seen.map(minute => sample(FIVE + minute * MINUTE, 10n ** 12n + BigInt(minute) * 60n)),
      marks: seen.map(minute => mark(FIVE + minute * MINUTE)),
    });
    expect(billingRates(points, { range, begins: FIVE })).toEqual([800]);
  });

  it('omit the first completed reading, and the missed minutes before it', () => {
    const range = minutes(0, 10);
    const seen = [3, 4, 5, 6, 7, 8, 9, 10];
    const points = pointsOf({
      range,
      begins: FIVE,
      samples: seen.map(minute => sample(FIVE + minute * MINUTE, 10n ** 12n + BigInt(minute) * 60n)),
      marks: seen.map(minute => mark(FIVE + minute * MINUTE)),
    });
    expect(billingRates(points, { range, begins: FIVE })).toEqual([800]);
  });
});

describe('billingPercentile', () => {
  it('drops the highest 5 % and returns the highest value left', () => {
    const samples = Array.from({ length: 100 }, (_, index) => index + 1);
    expect(billingPercentile(samples)).toBe(95);
    expect(billingPercentile([7])).toBe(7);
    expect(billingPercentile([])).toBeUndefined();
  });
});
