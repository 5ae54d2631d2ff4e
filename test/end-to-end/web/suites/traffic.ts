import { readFile } from 'node:fs/promises';
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TrafficSeries } from '../../../../graphql/schema.generated.ts';
import { type ApiUnderTest, makeApi } from '../../../support/api.ts';
import { type ApiServer, serveApi } from '../../../support/api-server.ts';
import { goAfreshWithin, openConsole, type Person, reloadConsole } from '../../../support/browser.ts';
import type { ConsoleWorld } from '../../../support/console-world.ts';
import { T0 } from '../../../support/report-records.ts';
import { type ReportingEdge, ReportingWorld } from '../../../support/reporting-world.ts';
import { servedEdges } from '../../../support/served-edges.ts';
import { createTables, type TestTables } from '../../../support/tables.ts';

const MINUTE = 60_000;
const START = T0 + 5 * MINUTE;
const MINUTES = 12;
const RANGE = { from: iso(START + 6 * MINUTE), to: iso(START + MINUTES * MINUTE) };

const EDGES = [edge('a', '1', 100n), edge('b', '2', 10n), edge('c', '1', 1n), edge('d', '3', 7n)];

function edge(edge_id: string, policy_id: string, packets_per_second: bigint): ReportingEdge {
  const site_id = `550e8400-e29b-41d4-a716-44665544000${edge_id}`;
  return { edge_id, policy_id, packets_per_second, site_id, interval_s: 60, phase_s: 20 };
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}

/** The explorer over a history with known figures, requested by the served console. */
export function trafficSuite(world: () => ConsoleWorld): void {
  describe('traffic', () => {
    let db: TestTables;
    let api: ApiUnderTest;
    let server: ApiServer;
    let person: Person;

    beforeAll(async () => {
      db = await createTables();
      api = makeApi(db);
      server = await serveApi(() => api);
      const served = servedEdges(EDGES.map(({ edge_id }) => edge_id));
      const reporting = new ReportingWorld(db, { start: START, edges: EDGES, served: () => served });
      await reporting.minutes(MINUTES);
      api.now = reporting.now + 1000;
      person = await openConsole(world().browser, world().system, {
        as: 'viewer',
        at: address('/traffic?'),
        prepare: page => page.route('**/graphql', route => route.continue({ url: server.url })),
      });
    });
    afterAll(async () => {
      await person?.context.close();
      await server.close();
      await db.drop();
    });

    const address = (start: string) => `${start}${new URLSearchParams(RANGE)}`;

    /** The query behind the page. */
    async function ask(operation: string, args: object) {
      return await api.data(operation, { ...RANGE, ...args }, { selection: [] });
    }

    it('is grouped and filtered as in the address, with the figures of the query', async () => {
      const { page, problems } = person;
      await table(page, 'policy').getByRole('row').nth(1).waitFor();
      await page.getByRole('button', { name: /Group by$/ }).click();
      await page.getByRole('option', { name: 'Edge' }).click();
      await page.waitForURL(/by=edge/);
      expect(await sumsOf(page, 'edge')).toEqual(
        sumsIn(await ask('Query.trafficSeries', { group_by: 'EDGE' })),
      );

      await page.getByRole('figure').getByRole('button', { name: 'Only b' }).click();
      await page.waitForURL(/edge=b/);
      await table(page, 'edge').getByRole('button', { name: 'Only a' }).waitFor({ state: 'detached' });
      await page
        .getByRole('list', { name: 'Filters' })
        .getByRole('button', { name: 'edge: leave out b' })
        .click();
      await page.waitForURL(/not-edge=b/);
      await table(page, 'edge').getByRole('button', { name: 'Leave out d' }).click();
      await page.waitForURL(/not-edge=b,d/);
      await page.getByRole('button', { name: 'Compare' }).click();
      await page.getByRole('columnheader', { name: 'Change' }).waitFor();
      await reloadConsole(page);
      await table(page, 'edge').getByRole('button', { name: 'Only c' }).waitFor();
      const narrowed = {
        group_by: 'EDGE',
        filter: { not: { edge_ids: ['b', 'd'] } },
        compare_previous: true,
      };
      expect(await sumsOf(page, 'edge')).toEqual(sumsIn(await ask('Query.trafficSeries', narrowed)));
      expect(problems).toEqual([]);
    });

    it('is saved with the figures of the query', async () => {
      const { page } = person;
      await goAfreshWithin(page, address('/traffic?by=edge&'));
      await table(page, 'edge').getByRole('row').nth(1).waitFor();
      const series: TrafficSeries = await ask('Query.trafficSeries', { group_by: 'EDGE' });
      const sums = csvOf(await savedBy(page, 'Save Traffic by edge as CSV'));
      expect(sums.map(({ id, bytes }) => [id, bytes])).toEqual(
        sumsIn(series).map(([id, bytes]) => [id === 'Total' ? '' : id, bytes]),
      );
      const intervals = JSON.parse(await savedBy(page, 'Save Throughput by edge as JSON'));
      const columns = [...series.groups, { ...series.total, id: null }];
      expect(
        intervals.map(({ to_utc, id, bits_per_second }: Record<string, unknown>) => [
          to_utc,
          id,
          bits_per_second,
        ]),
      ).toEqual(
        series.at.flatMap((at, index) =>
          columns.map(({ id, bits_per_second }) => [at, id, bits_per_second[index]]),
        ),
      );
    });

    it('is shown as flows between stages and as a heat map, with the same filter', async () => {
      const { page, problems } = person;
      const open = (query: string) => goAfreshWithin(page, address(`/traffic?${query}&`));
      await open('view=ways&not-policy=3');
      const diagram = page.getByRole('figure', { name: 'Traffic from Site to Policy to Endpoint' });
      await diagram.getByRole('button', { name: /^Only 1: / }).waitFor();
      const stats = await ask('Query.trafficStats', {
        group_by: ['SITE', 'POLICY', 'ENDPOINT'],
        filter: { not: { policy_ids: ['3'] } },
      });
      const ways = page.getByRole('table', { name: 'Breakdown of traffic' }).locator('data');
      expect(await valuesOf(ways)).toEqual(
        stats.rows.map(({ bytes_exact }: { bytes_exact: string }) => bytes_exact),
      );
      await page.getByRole('radio', { name: 'Up to the network' }).click();
      await page
        .getByRole('figure', { name: 'Traffic from Site to Policy to Endpoint to Network' })
        .waitFor();
      const { rows: listed, unattributed } = await ask('Query.flowStats', {
        group_by: ['SITE', 'POLICY', 'ENDPOINT', 'DESTINATION_PREFIX'],
        filter: { not: { policy_ids: ['3'] } },
      });
      expect(await valuesOf(ways)).toEqual(
        [...listed, unattributed].map(({ bytes_exact }) => bytes_exact).filter(bytes => bytes !== '0'),
      );
      await page.getByRole('radio', { name: 'Up to the endpoint' }).click();
      await diagram.getByRole('button', { name: /^Only 2: / }).click();
      await page.waitForURL(/[?&]policy=2$/);

      await open('view=heat&rows=groups&by=edge&not-edge=d');
      const rows = page.getByRole('table', { name: 'Throughput by edge and time' }).locator('tbody tr');
      await rows.nth(2).waitFor();
      const grid: TrafficSeries = await ask('Query.trafficSeries', {
        ...{ group_by: 'EDGE', points: 48, filter: { not: { edge_ids: ['d'] } } },
      });
      expect(await valuesOf(rows.locator('data'))).toEqual(
        grid.groups.flatMap(({ bits_per_second }) => bits_per_second.map(String)),
      );
      await open('view=heat');
      await page.getByRole('table', { name: 'Throughput by hour' }).getByRole('row').nth(1).waitFor();
      expect(problems).toEqual([]);
    });

    it('is billed by the 95th percentile, with a proof', async () => {
      const { page, problems } = person;
      await goAfreshWithin(page, address('/traffic?view=billing&day=15&'));
      const periods = page.getByRole('table', { name: 'Billing periods' }).locator('.body-row');
      await periods.nth(2).waitFor();
      const [current, last] = ['2026-01-15', '2026-02-15'].map(day => `${day}T00:00:00.000Z`);
      const known = await api.data('Query.trafficPercentile', { from: current, to: last });
      expect(await valuesOf(periods.first().locator('data'))).toEqual([
        ...[known.p95_bits_per_second, known.highest_bits_per_second, known.average_bits_per_second].map(
          rate => String(rate ?? ''),
        ),
        String(known.samples_known),
      ]);
      expect(known.samples_known).toBeGreaterThan(0);

      await page.getByRole('button', { name: 'Verify totals' }).click();
      const proof = page.getByRole('dialog', { name: 'Verify totals' });
      await proof.getByText('Every view has the same total, to the byte.').waitFor();
      await proof
        .getByText('The counters of 3 policies equal the reports of 4 edges', { exact: false })
        .waitFor();
      const { total } = await ask('Query.trafficStats', { group_by: ['POLICY'] });
      expect(await valuesOf(proof.getByRole('table').locator('data'))).toEqual(
        Array.from({ length: 5 }, () => total.bytes_exact),
      );
      expect(problems).toEqual([]);
    });
  });
}

/** The used properties of an element in the page. */
interface ShownData {
  value: string;
}

const valuesOf = (data: Locator): Promise<string[]> =>
  data.evaluateAll(list => (list as unknown as ShownData[]).map(({ value }) => value));

/** Name and bytes of each row. */
async function sumsOf(page: Page, by: string): Promise<string[][]> {
  const rows = table(page, by).locator('.body-row');
  await rows.first().waitFor();
  return rows.evaluateAll(list =>
    (list as unknown as ShownRow[]).map(({ children: [name, , carried] }) => [
      name.textContent,
      carried.firstChild.value,
    ]),
  );
}

const sumsIn = ({ groups, total }: TrafficSeries): string[][] => [
  ...groups.map(({ id, bytes_exact }) => [id, bytes_exact]),
  ['Total', total.bytes_exact],
];

/** The text of the file that a button saves. */
async function savedBy(page: Page, name: string): Promise<string> {
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name }).click(),
  ]);
  return readFile(await file.path(), 'utf8');
}

/** Rows of a CSV without quotes, by column. */
function csvOf(text: string): Record<string, string>[] {
  const [head, ...lines] = text
    .trimEnd()
    .split('\r\n')
    .map(line => line.split(','));
  return lines.map(cells => Object.fromEntries(cells.map((cell, index) => [head![index]!, cell])));
}

/** The used properties of a row in the page. */
interface ShownRow {
  children: [{ textContent: string }, object, { firstChild: { value: string } }];
}

const table = (page: Page, by: string) => page.getByRole('table', { name: `Traffic by ${by}` });
