import { readFile } from 'node:fs/promises';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from 'vitest';
import { endpointItem } from '../../../../core/inventory/model/site-items.ts';
import { makeApi } from '../../../support/api.ts';
import { serveApi } from '../../../support/api-server.ts';
import { openConsole, reloadConsole } from '../../../support/browser.ts';
import type { ConsoleWorld } from '../../../support/console-world.ts';
import { T0 } from '../../../support/report-records.ts';
import { type ReportingEdge, ReportingWorld } from '../../../support/reporting-world.ts';
import { servedEdges } from '../../../support/served-edges.ts';
import { createTables, type TestTables } from '../../../support/tables.ts';

const MINUTE = 60_000;
const MINUTES = 3;
const AT = new Date(T0).toISOString();
const RANGE = { from: AT, to: new Date(T0 + MINUTES * MINUTE).toISOString() };
const SITE = '550e8400-e29b-41d4-a716-44665544000a';

const EDGES: ReportingEdge[] = [
  { ...edge('a'), packets_per_second: 1000n },
  { ...edge('b'), packets_per_second: 10n },
];

function edge(name: string) {
  const site_id = `550e8400-e29b-41d4-a716-44665544000${name}`;
  return { edge_id: name, policy_id: '1', site_id, interval_s: 60, phase_s: 20 };
}

/** Costs over a history with known figures, requested by the served console. */
export function costSuite(world: () => ConsoleWorld): void {
  describe('costs', () => {
    it('are those of the query, on the screen and in the file, with bytes without a price listed separately', async () => {
      const db = await createTables();
      await putPrice(db, SITE, 0.09);
      const api = makeApi(db, { currency: 'EUR' });
      const server = await serveApi(() => api);
      const served = servedEdges(EDGES.map(({ edge_id }) => edge_id));
      const reporting = new ReportingWorld(db, { start: T0, edges: EDGES, served: () => served });
      await reporting.minutes(MINUTES);
      api.now = reporting.now + 1000;
      const { page, context, problems } = await openConsole(world().browser, world().system, {
        as: 'viewer',
        at: `/cost?${new URLSearchParams(RANGE)}`,
        prepare: each => each.route('**/graphql', route => route.continue({ url: server.url })),
      });
      await page.getByRole('radio', { name: 'Endpoints' }).click();
      await page.waitForURL(/by=endpoint/);
      await reloadConsole(page);
      const table = page.getByRole('table', { name: 'Cost' });
      await table.getByRole('row', { name: /Total/ }).waitFor();

      const { rows, total } = await api.data('Query.trafficCost', {
        ...RANGE,
        group_by: ['SITE', 'ENDPOINT'],
      });
      const lines = [...rows, total].map(({ bytes_exact, cost_exact, unpriced_bytes_exact }) => [
        bytes_exact,
        cost_exact ?? '',
        unpriced_bytes_exact,
      ]);
      expect(lines[0]).toEqual([expect.stringMatching(/^[1-9]\d*$/), expect.stringMatching(/^0\.0/), '0']);
      expect(lines[1]).toEqual([expect.stringMatching(/^[1-9]\d*$/), '', lines[1]![0]]);
      const shown = await table
        .locator('.body-row')
        .evaluateAll(list =>
          (list as unknown as ShownRow[]).map(({ children: [, cost, , , carried, unpriced] }) =>
            [carried, cost, unpriced].map(cell => cell!.querySelector('data')?.value ?? ''),
          ),
        );
      expect(shown).toEqual(lines);

      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name: 'CSV' }).click(),
      ]);
      const [, ...saved] = (await readFile(await download.path(), 'utf8')).trimEnd().split('\r\n');
      expect(saved.map(line => line.split(',').slice(1, 4))).toEqual(
        lines.map(([bytes, cost, unpriced]) => [bytes, cost, unpriced]),
      );
      expect(problems).toEqual([]);
      await context.close();
      await server.close();
      await db.drop();
    });
  });
}

/** A row of the table, as the page sees it. */
interface ShownRow {
  children: { querySelector(selector: string): { value: string } | null }[] &
    Record<number, { querySelector(selector: string): { value: string } | null }>;
}

async function putPrice({ client, tables }: TestTables, site_id: string, cost_per_gb: number): Promise<void> {
  const endpoint = {
    ...{ site_id, id: 'wan1', cost_per_gb, address: '192.0.2.1', interface_type: 'FIBER' as const },
    ...{ reachable: null, created_at: AT, updated_at: AT, status: 'ACTIVE' as const },
  };
  await client.send(new PutCommand({ TableName: tables.network, Item: endpointItem(endpoint) }));
}
