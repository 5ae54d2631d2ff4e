import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { packetFrame, pcapHeader, pcapRecord } from '../../../../edge/sample/capture-frames.ts';
import { openConsole, PATIENCE_MS, reloadConsole } from '../../../support/browser.ts';
import type { ConsoleWorld } from '../../../support/console-world.ts';
import { runEdge } from '../../../support/run-edge.ts';

const FLOWS = `query ($from: AWSDateTime!, $to: AWSDateTime!, $filter: FlowFilter) {
  flows(from: $from, to: $to, filter: $filter, limit: 1000) { items { src dst bytes_exact } }
}`;

const BY_PORT = `query ($from: AWSDateTime!, $to: AWSDateTime!) {
  flowStats(group_by: [PORT], from: $from, to: $to) { rows { port packets_exact bytes_exact } }
}`;

const HOUR_MS = 3_600_000;

export function flowsSuite(world: () => ConsoleWorld): void {
  describe('the page Flows', () => {
    it('lists the flows of a filter, suggests its values, keeps it in the address, and saves the list', async () => {
      const { browser, system, admin } = world();
      const { page, leave, problems } = await openConsole(browser, system, { as: 'viewer', at: '/flows' });
      const rows = page.getByRole('table', { name: 'Flows' }).locator('.body-row');
      await rows.first().waitFor();
      const box = page.getByRole('combobox', { name: 'Filter flows' });
      await box.fill('-app:w');
      await page.getByRole('option', { name: 'web', exact: true }).click();
      await page.waitForURL(/q=-app:web$/);
      await box.press('End');
      await box.pressSequentially(' port:0-70000');
      await page.getByText('0-70000 is not a port: write one from 0 to 65535').waitFor();
      await box.fill('-app:web protocol:udp');
      await page.waitForURL(/q=-app:web\+protocol:udp$/);
      await reloadConsole(page);
      await rows.first().waitFor();
      expect(await box.inputValue()).toBe('-app:web protocol:udp');
      const filter = { protocols: [17], not: { applications: ['Web'] } };
      const { flows } = await admin.data(FLOWS, { ...lastHour(), filter });
      expect(flows.items.length).toBeGreaterThan(0);
      const saved = await savedRows(page, page.getByRole('button', { name: 'Save Flows as CSV' }));
      expect(
        saved.map(row => ({ src: row.source_address, dst: row.destination_address, bytes_exact: row.bytes })),
      ).toEqual(flows.items);
      expect(problems).toEqual([]);
      await leave();
    });

    it('shows the top talkers, saves them with the figures of the query, and links to their flows', async () => {
      const { browser, system, admin } = world();
      const range = lastHour();
      const sums = async () => (await admin.data(BY_PORT, range)).flowStats.rows;
      // A sum lies between two snapshots.
      await expect
        .poll(async () => (await sums()).length, { timeout: PATIENCE_MS, interval: 500 })
        .toBeGreaterThan(0);
      const rows = await sums();
      const { page, leave, problems } = await openConsole(browser, system, {
        as: 'viewer',
        at: `/flows?view=top&by=port&from=${range.from}&to=${range.to}`,
      });
      const table = page.getByRole('table', { name: 'Top by port' });
      await table.locator('.body-row').first().waitFor();
      await page.getByText('Not in listed flows').waitFor();
      const saved = await savedRows(page, page.getByRole('button', { name: 'Save Top by port as CSV' }));
      expect(
        saved.map(row => ({ port: Number(row.value), packets_exact: row.packets, bytes_exact: row.bytes })),
      ).toEqual(rows);
      await page.getByRole('button', { name: `Show flows of Port ${rows[0].port}`, exact: true }).click();
      await page.waitForURL(url => url.searchParams.get('q') === `port:${rows[0].port}`);
      await page.getByRole('table', { name: 'Flows' }).locator('.body-row').first().waitFor();
      expect(problems).toEqual([]);
      await leave();
    });

    it('accepts groups of ports and networks by name in a filter', async () => {
      const { browser, system, admin } = world();
      const { page, leave, problems } = await openConsole(browser, system, {
        as: 'operator',
        at: '/flows?view=groups',
      });
      await page.getByRole('button', { name: 'New group' }).click();
      const dialog = page.getByRole('dialog', { name: 'New group' });
      await dialog.getByLabel('Name').fill('Lookups');
      await dialog.getByLabel('Members').fill('port 53');
      await dialog.getByRole('button', { name: 'Create' }).click();
      await dialog
        .locator('.field[data-invalid]')
        .getByText(/^members of NETWORKS must be/)
        .waitFor();
      await dialog.getByRole('button', { name: /Of$/ }).click();
      await page.getByRole('option', { name: /^Ports/ }).click();
      await dialog.getByLabel('Members').fill('53, 5353');
      await dialog.getByRole('button', { name: 'Create' }).click();
      await dialog.waitFor({ state: 'detached' });
      await page.getByRole('cell', { name: '@Lookups' }).waitFor();
      await page.getByRole('radio', { name: 'List' }).click();
      const box = page.getByRole('combobox', { name: 'Filter flows' });
      await box.fill('port:@l');
      await page.getByRole('option', { name: '@Lookups' }).click();
      await page.waitForURL(url => url.searchParams.get('q') === 'port:@Lookups');
      const { flows } = await admin.data(FLOWS, { ...lastHour(), filter: { ports: ['53', '5353'] } });
      expect(flows.items.length).toBeGreaterThan(0);
      const rowCount = String(flows.items.length + 1);
      await page.locator(`[role=table][aria-label=Flows][aria-rowcount="${rowCount}"]`).waitFor();
      expect(problems).toEqual([]);
      await leave();
    });
  });
}

/** Waits for publications of live figures, which come every ten seconds, next to other suites. */
export function flowTailSuite(world: () => ConsoleWorld): void {
  describe('the live tail', () => {
    it('shows flows as they arrive, counts them while it is paused, and continues with each of them once', async () => {
      const { browser, system } = world();
      const { page, leave, problems } = await openConsole(browser, system, {
        as: 'viewer',
        at: '/flows?view=live&q=src:10.77.0.0/24',
      });
      await page.getByText('No matching flow has arrived').waitFor();
      await replayFlow(world(), '10.77.0.1');
      const row = (address: string) => page.getByRole('row').filter({ hasText: address });
      await row('10.77.0.1').waitFor();
      await page.getByRole('button', { name: 'Pause' }).click();
      await replayFlow(world(), '10.77.0.2');
      await page.getByText('Paused, 1 waiting').waitFor();
      expect(await row('10.77.0.2').count()).toBe(0);
      await page.getByRole('button', { name: 'Resume' }).click();
      await row('10.77.0.2').waitFor();
      expect(await page.getByRole('table', { name: 'Live flows' }).getAttribute('aria-rowcount')).toBe('3');
      expect(problems).toEqual([]);
      await leave();
    }, 300_000);
  });
}

/** An edge of its own counts one packet from an address. */
async function replayFlow({ folder }: ConsoleWorld, src: string): Promise<void> {
  const edge_id = `edge-${src}`;
  const file = join(folder, `${edge_id}.pcap`);
  const flow = { src, src_port: 40_000, dst: '192.0.2.9', dst_port: 443, protocol: 6 };
  const packet = pcapRecord(packetFrame(flow, 1000, {}), Date.UTC(2026, 0, 30, 9) * 1000);
  await writeFile(file, Buffer.concat([pcapHeader(), packet]));
  const run = await runEdge([
    ...['replay', file, '--edge-id', edge_id, '--wait', '--system', folder],
    ...['--spool', join(folder, edge_id)],
  ]);
  expect(`${run.code} ${run.stderr}`).toMatch(/^0 /);
}

/**
 * The last hour, in whole minutes as in addresses; it includes traffic that arrives in the current
 * minute.
 */
function lastHour(): { from: string; to: string } {
  const end = Math.ceil(Date.now() / 60_000) * 60_000;
  return { from: new Date(end - HOUR_MS).toISOString(), to: new Date(end).toISOString() };
}

/** The rows of a CSV file that a button saves, by the names of its columns. */
async function savedRows(page: Page, button: Locator): Promise<Record<string, string>[]> {
  const [file] = await Promise.all([page.waitForEvent('download'), button.click()]);
  const [head, ...lines] = (await readFile(await file.path(), 'utf8')).trimEnd().split('\r\n');
  const columns = head!.split(',');
  return lines.map(line => Object.fromEntries(line.split(',').map((cell, index) => [columns[index]!, cell])));
}
