import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dynamodbEndpoint } from '../../support/local-client.ts';
import { createTables, type TestTables } from '../../support/tables.ts';

const run = promisify(execFile);

interface Point {
  from: string;
  at: string;
  packets: number;
  gap: boolean;
}

describe('history does not depend on the time zone', () => {
  let tables: TestTables[];

  beforeAll(async () => {
    tables = await Promise.all(Array.from({ length: 3 }, createTables));
  });
  afterAll(() => Promise.all(tables.map(each => each.drop())));

  const HOURS = [0, 1, 2, 3, 5, 6, 7, 8, 23, 24, 25];

  async function historyIn(TZ: string, date: string) {
    const request = {
      endpoint: dynamodbEndpoint(),
      tables: tables.pop()!.tables,
      date,
      hours: HOURS,
    };
    const script = 'test/support/history-in-time-zone.ts';
    const { stdout } = await run(process.execPath, [script, JSON.stringify(request)], {
      env: { ...process.env, TZ },
    });
    return JSON.parse(stdout) as {
      offsets: [number, number];
      counted: number[];
      byHour: Point[];
      byDay: Point[];
    };
  }

  it.each([
    ['Europe/Berlin', '2026-03-29', 'the hour that the clocks skip', [-60, -120]],
    ['America/New_York', '2026-11-01', 'the hour that they have twice', [240, 300]],
    ['Pacific/Kiritimati', '2028-02-29', 'the leap day', [-840, -840]],
  ])('in %s on %s, with %s', async (TZ, date, _, offsets) => {
    const start = Date.parse(`${date}T00:00:00Z`);
    const iso = (hour: number) => new Date(start + hour * 3_600_000).toISOString();
    const told = await historyIn(TZ, date);
    expect(told.offsets).toEqual(offsets);
    expect(told.byHour.map(({ from, at }) => [from, at])).toEqual(
      Array.from({ length: 25 }, (__, hour) => [iso(hour), iso(hour + 1)]),
    );
    expect(told.byHour.filter(({ gap }) => !gap).map(({ at }) => at)).toEqual(HOURS.slice(1).map(iso));
    const { counted } = told;
    expect(told.byHour.filter(({ gap }) => !gap).map(({ packets }) => packets)).toEqual(
      counted.slice(1).map((packets, index) => packets - counted[index]!),
    );
    expect(told.byDay[0]?.packets).toBe(counted[HOURS.indexOf(24)]! - counted[0]!);
    expect(told.byDay.map(({ from, at, gap }) => [from, at, gap])).toEqual([[iso(0), iso(24), false]]);
  });
});
