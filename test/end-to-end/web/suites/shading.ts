import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemCaller } from '../../../../core/access/caller.ts';
import { resetPolicyStats } from '../../../../core/ledger/figures/reset-stats.ts';
import { type ApiUnderTest, makeApi } from '../../../support/api.ts';
import { type ApiServer, serveApi } from '../../../support/api-server.ts';
import { openConsole, type Person } from '../../../support/browser.ts';
import type { ConsoleWorld } from '../../../support/console-world.ts';
import { T0 } from '../../../support/report-records.ts';
import { type ReportingEdge, ReportingWorld } from '../../../support/reporting-world.ts';
import { servedEdges } from '../../../support/served-edges.ts';
import { storeContext } from '../../../support/store-context.ts';
import { createTables, type TestTables } from '../../../support/tables.ts';

const MINUTE = 60_000;
const START = T0 + 5 * MINUTE;
const SITE = '550e8400-e29b-41d4-a716-44665544000a';

const EDGES = [edge('a', '1', 100n), edge('b', '2', 10n), edge('c', '1', 1n), edge('d', '3', 7n)];

function edge(edge_id: string, policy_id: string, packets_per_second: bigint): ReportingEdge {
  return { edge_id, policy_id, packets_per_second, site_id: SITE, interval_s: 60, phase_s: 20 };
}

/** History written by the snapshot under a clock of this test, requested by the served console. */
export function shadingSuite(world: () => ConsoleWorld): void {
  describe('history on a chart', () => {
    let db: TestTables;
    let api: ApiUnderTest;
    let server: ApiServer;
    let reporting: ReportingWorld;
    let person: Person;

    beforeAll(async () => {
      db = await createTables();
      api = makeApi(db);
      server = await serveApi(() => api);
      const served = servedEdges(EDGES.map(({ edge_id }) => edge_id));
      reporting = new ReportingWorld(db, { start: START, edges: EDGES, served: () => served });
    });
    afterAll(async () => {
      await person?.context.close();
      await server.close();
      await db.drop();
    });

    /** Shows the throughput from the beginning until now. */
    async function show(): Promise<Page> {
      api.now = reporting.now + 1000;
      const range = new URLSearchParams({ from: minuteAt(0), to: new Date(reporting.now).toISOString() });
      person ??= await openConsole(world().browser, world().system, {
        as: 'viewer',
        at: `/?${range}`,
        prepare: page => page.route('**/graphql', route => route.continue({ url: server.url })),
      });
      const { page } = person;
      if (!page.url().includes(`${range}`)) {
        await page.goto(new URL(`/?${range}`, world().system.endpoints.dashboard).href);
      }
      await page.getByRole('button', { name: 'Show as table' }).click();
      await page.getByRole('table', { name: 'Throughput as a table' }).getByRole('row').nth(1).waitFor();
      return page;
    }

    it('shades the minutes of a silent edge by its share, and no others, while it is silent', async () => {
      await reporting.minutes(5);
      await reporting.minutes(7, { offline: ['b'] });
      const page = await show();
      // Its last report arrived 20 s into the fifth minute: earlier minutes are covered.
      expect(await bandsOf(page)).toEqual([
        { kind: 'incomplete', from: minuteAt(4), to: minuteAt(12), text: '75% of the edges heard' },
      ]);
      const complete = Array.from({ length: 4 }, () => 'Complete');
      const shaded = Array.from({ length: 8 }, () => '75% of the edges heard');
      expect((await tableOf(page)).map(({ trust }) => trust)).toEqual([...complete, ...shaded]);
    });

    it('shows them complete once it reports again, a gap without a line, and the reset marked', async () => {
      await reporting.minute({ snapshot: 'missed', offline: ['b'] });
      const context = storeContext(db, () => reporting.now);
      await resetPolicyStats(context, { actor: systemCaller('test'), policy_id: '3', defined: true });
      await reporting.minutes(3);
      const page = await show();
      expect(await bandsOf(page)).toEqual([
        { kind: 'gap', from: minuteAt(12), to: minuteAt(13), text: 'no measurement' },
        { kind: 'reset', from: minuteAt(12), to: null, text: 'counters reset' },
      ]);
      const rows = await tableOf(page);
      expect(rows.map(({ trust }) => trust)).toEqual(
        rows.map((_, index) => (index === 12 ? 'No measurement, counters reset' : 'Complete')),
      );
      expect(rows).toHaveLength(16);
      // The first reading has no earlier one to compare with.
      const withoutLine = rows.flatMap(({ values }, index) =>
        values.every(value => value === '') ? [index + 1] : [],
      );
      expect(withoutLine).toEqual([1, 13]);
      for (const { values } of rows) expect(new Set(values.map(value => value === '')).size).toBe(1);
      expect(person.problems).toEqual([]);
    });
  });
}

const minuteAt = (minute: number): string => new Date(START + minute * MINUTE).toISOString();

interface Band {
  kind: string;
  from: string;
  /** Null of an instant. */
  to: string | null;
  text: string;
}

/** The used properties of an element in the page. */
interface ShownItem {
  dataset: { kind: string; from: string; to?: string };
  textContent: string;
}

/** The description of the shading for screen readers. */
async function bandsOf(page: Page): Promise<Band[]> {
  const items = page.getByRole('list', { name: 'Completeness of the figures' }).getByRole('listitem');
  await items.first().waitFor();
  const found = await items.evaluateAll(list =>
    (list as unknown as ShownItem[]).map(({ dataset, textContent }) => ({ ...dataset, text: textContent })),
  );
  return found.map(({ kind, from, to, text }) => ({
    kind,
    from: instant(from),
    to: to === undefined ? null : instant(to),
    text: text.split(': ')[1]!,
  }));
}

const instant = (seconds: string): string => new Date(Number(seconds) * 1000).toISOString();

/** A row in the page: its end, its trust, and a `data` element a series. */
interface ShownRow {
  children: [object, { textContent: string }, ...{ firstChild: { value: string } }[]];
}

interface Row {
  trust: string;
  /** Bits a second of each series; empty where there is no reading. */
  values: string[];
}

/** The intervals of the chart's table, the earliest first. */
async function tableOf(page: Page): Promise<Row[]> {
  const rows = page.getByRole('table', { name: 'Throughput as a table' }).locator('.body-row');
  const shown = await rows.evaluateAll(list =>
    (list as unknown as ShownRow[]).map(({ children: [, trust, ...values] }) => ({
      trust: trust.textContent,
      values: values.map(({ firstChild }) => firstChild.value),
    })),
  );
  return shown.reverse();
}
