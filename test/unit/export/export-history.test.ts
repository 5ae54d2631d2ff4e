import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ExportReader, HistoryQuery, HistoryRow } from '../../../core/export/export-reader.ts';
import { type ExportRequest, settledHistory } from '../../../core/export/export-request.ts';
import { historyTable } from '../../../core/export/history-table.ts';
import { settleRange } from '../../../core/export/settle-range.ts';
import { type HistoryPoint, historyPoints } from '../../../core/history/points/points.ts';
import { DEFAULT_RETENTION } from '../../../core/history/resolution.ts';
import type { Sample, SnapshotMark } from '../../../core/history/sample.ts';

const MINUTE = 60_000;
const HOUR = 60;
const MINUTES = 1000;
const START = Date.UTC(2026, 0, 31);

/**
 * The stored snapshots of a policy: a sample after a change, and in the first snapshot of each
 * hour.
 */
function snapshots({ taken, counts }: { taken: boolean[]; counts: number[] }) {
  const marks: SnapshotMark[] = [];
  const samples: Sample[] = [];
  let total = 0n;
  let shown = -1n;
  let hour = -1;
  for (let minute = 0; minute <= MINUTES; minute++) {
    total += BigInt(counts[minute] ?? 0);
    if (!taken[minute]) continue;
    const at = START + minute * MINUTE;
    const times = { at, taken_at: at + (minute % 7) * 100 };
    marks.push({ ...times, minute: at, edges_expected: 3, edges_heard: 2, lanes: 1, bad_lanes: 0 });
    const firstOfHour = Math.floor(minute / HOUR) !== hour;
    if (total > 0n && (total !== shown || firstOfHour)) {
      samples.push({ ...times, packets: total, bytes: total * 100n, active_flows: minute });
      shown = total;
    }
    hour = Math.floor(minute / HOUR);
  }
  return { marks, samples };
}

/** The API over these snapshots. A system begins with its first one. */
function readerOf({ marks, samples }: ReturnType<typeof snapshots>) {
  const asked: number[] = [];
  const points = (from: number, to: number) => {
    const range = { from, to, resolution: 'MINUTE' as const };
    const within = ({ at }: { at: number }) => at <= to;
    asked.push((to - from) / MINUTE);
    const first = marks[0];
    const begins = first && first.at > from ? first.at - MINUTE : undefined;
    const now = START + 2 * MINUTES * MINUTE;
    return historyPoints({
      ...{ range, begins, now, base: marks.findLast(({ at }) => at <= from) },
      marks: marks.filter(mark => within(mark) && (begins === undefined || mark.at > begins)),
      samples: samples.filter(within),
    }).map(present);
  };
  const history = async ({ from, to }: HistoryQuery) => ({ points: points(from, to) });
  return { reader: { history } as unknown as ExportReader, points, asked };
}

function present(point: HistoryPoint) {
  return {
    ...point,
    from: new Date(point.from).toISOString(),
    at: new Date(point.at).toISOString(),
    packets_total_exact: point.packets_total?.toString() ?? null,
  };
}

const range = { from: START, to: START + MINUTES * MINUTE };

const request: ExportRequest<'HISTORY'> = { kind: 'HISTORY', format: 'csv', ...range };

async function exported(reader: ExportReader, start?: string | null) {
  const rows: HistoryRow[] = [];
  const positions: string[] = [];
  const settled = settledHistory(request, { ...range, resolution: 'MINUTE' });
  for await (const page of historyTable.pages(reader, settled, start)) {
    rows.push(...page.rows);
    positions.push(page.position!);
  }
  return { rows, positions };
}

/** Runs of minutes with and without snapshots, up to five hours long. */
const takenMinutes = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 0, max: 300 })), { minLength: 4 })
  .map(runs =>
    runs.flatMap(
      ([taken, missed]) => [...Array(taken).fill(true), ...Array(missed).fill(false)] as boolean[],
    ),
  );

describe('a history in chunks', () => {
  it('is the same as in one answer, including gaps across chunks', async () => {
    const counts = fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 0, maxLength: MINUTES });
    await fc.assert(
      fc.asyncProperty(takenMinutes, counts, fc.nat(MINUTES), async (taken, counts, silent) => {
        const quiet = [...Array(silent).fill(0), ...counts];
        const { reader, points } = readerOf(snapshots({ taken, counts: quiet }));
        const { rows, positions } = await exported(reader);
        const whole = points(START, START + MINUTES * MINUTE);
        expect(rows).toEqual(whole);
        // And from every page on.
        for (const position of positions.slice(0, -1)) {
          const rest = await exported(reader, position);
          expect(rest.rows).toEqual(whole.filter(row => row.from >= position));
        }
      }),
      { numRuns: 60 },
    );
  });

  it('reads no more than it needs', async () => {
    const all = Array(MINUTES + 1).fill(true);
    const { reader, asked } = readerOf(snapshots({ taken: all, counts: Array(MINUTES).fill(1) }));
    await exported(reader);
    expect(asked).toEqual([240, 240, 240, 240, 40]);
  });
});

describe('the range of an export', () => {
  const settled = (given: Partial<ExportRequest<'HISTORY'>>) =>
    settleRange({ ...request, ...given }, { now: START + MINUTES * MINUTE, retention: DEFAULT_RETENTION });

  it('is aligned to the grid of the finest resolution that is kept and fits', () => {
    expect(settled({ from: START + 30_500 })).toMatchObject({
      resolution: 'MINUTE',
      from: request.from,
    });
    expect(settled({ from: START - 3 * 86_400_000 + 1 })).toMatchObject({
      resolution: 'HOUR',
      from: START - 3 * 86_400_000,
      to: Date.parse('2026-01-31T17:00:00.000Z'),
    });
  });

  it('may be longer than that of a query', () => {
    const from = START - 730 * 86_400_000 + 60 * MINUTE * 17;
    expect(settled({ from })).toMatchObject({ resolution: 'DAY' });
  });

  it('must be settled before rows are read', () => {
    const { reader } = readerOf({ marks: [], samples: [] });
    // @ts-expect-error: the range of the request lies on no grid
    expect(historyTable.pages(reader, request)).toBeDefined();
  });

  it('is unchanged for another kind', () => {
    const flows = { ...request, kind: 'FLOWS' as const };
    expect(settleRange(flows, { now: START, retention: DEFAULT_RETENTION })).toBe(flows);
  });
});
