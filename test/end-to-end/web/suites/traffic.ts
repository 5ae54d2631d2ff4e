import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TrafficSeries } from '../../../../graphql/schema.generated.ts';
import { type ApiUnderTest, makeApi } from '../../../support/api.ts';
import { type ApiServer, serveApi } from '../../../support/api-server.ts';
import { openConsole, type Person } from '../../../support/browser.ts';
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

/** The explorer over a history whose figures are known, asked for by the served console. */
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

    it('is grouped as the address says, with the figures of the query', async () => {
      const { page, problems } = person;
      await table(page, 'policy').getByRole('row').nth(1).waitFor();
      await page.getByRole('button', { name: /By$/ }).click();
      await page.getByRole('option', { name: 'Edge' }).click();
      await page.waitForURL(/by=edge/);
      const rows = table(page, 'edge').locator('.body-row');
      await rows.first().waitFor();
      const series: TrafficSeries = await api.data('Query.trafficSeries', { ...RANGE, group_by: 'EDGE' });
      const shown = await rows.evaluateAll(list =>
        (list as unknown as ShownRow[]).map(({ children: [name, , carried] }) => [
          name.textContent,
          carried.firstChild.value,
        ]),
      );
      expect(shown).toEqual([
        ...series.groups.map(({ id, bytes_exact }) => [id, bytes_exact]),
        ['Total', series.total.bytes_exact],
      ]);
      expect(problems).toEqual([]);
    });
  });
}

/** What is used of a row in the page. */
interface ShownRow {
  children: [{ textContent: string }, object, { firstChild: { value: string } }];
}

const table = (page: Page, by: string) => page.getByRole('table', { name: `Traffic by ${by}` });
