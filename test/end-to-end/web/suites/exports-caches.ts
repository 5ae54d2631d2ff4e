import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { openConsole } from '../../../support/browser.ts';
import type { ConsoleWorld } from '../../../support/console-world.ts';

const FLOWS = `query ($from: AWSDateTime!, $to: AWSDateTime!) {
  flows(from: $from, to: $to, filter: { protocol: 17 }, limit: 1000) {
    items { src dst bytes_exact }
  }
}`;

export function exportsAndCachesSuite(world: () => ConsoleWorld): void {
  describe('exports', () => {
    it('start after wrong fields were marked, and their file has the figures of the query', async () => {
      const { browser, system, admin } = world();
      const { page, leave, problems } = await openConsole(browser, system, {
        as: 'operator',
        at: '/exports?new=FLOWS&protocol=17',
      });
      const form = page.getByRole('dialog', { name: 'New export' });
      await form.getByLabel('Address or prefix').fill('office');
      await form.getByRole('button', { name: 'Start' }).click();
      await form
        .locator('.field[data-invalid]')
        .getByText(/^address must be/)
        .waitFor();
      await form.getByLabel('Address or prefix').fill('');
      const from = await form.getByLabel('From').inputValue();
      const to = new Date(Date.now() + 60_000).toISOString();
      await form.getByLabel('To', { exact: true }).fill(to);
      await form.getByRole('button', { name: 'Start' }).click();

      const download = page.getByRole('button', { name: /^Download .*\.csv$/ });
      await download.first().waitFor();
      const [file] = await Promise.all([page.waitForEvent('download'), download.first().click()]);
      const [head, ...lines] = (await readFile(await file.path(), 'utf8')).trimEnd().split('\r\n');
      const { flows } = await admin.data(FLOWS, { from, to });
      expect(flows.items.length).toBeGreaterThan(0);
      const columns = head!.split(',');
      const shown = lines.map(line => {
        const cells = line.split(',');
        const cell = (name: string) => cells[columns.indexOf(name)];
        return { src: cell('source_address'), dst: cell('destination_address'), bytes_exact: cell('bytes') };
      });
      expect(shown).toEqual(flows.items);
      expect(problems).toEqual([]);
      await leave();
    });

    it('of other people are visible to administrators only', async () => {
      const { browser, system } = world();
      const viewer = await openConsole(browser, system, { as: 'viewer', at: '/exports?owner=everybody' });
      await viewer.page.getByText(/^There are no exports yet/).waitFor();
      expect(await viewer.page.getByRole('radio', { name: 'All' }).count()).toBe(0);
      await viewer.leave();
      const admin = await openConsole(browser, system, { as: 'admin', at: '/exports?owner=everybody' });
      await admin.page.getByRole('cell', { name: 'operator@example.com' }).first().waitFor();
      await admin.leave();
    });
  });

  describe('caches', () => {
    it('are shown to everyone, and warmed and cleared by people with the right', async () => {
      const { browser, system } = world();
      const viewer = await openConsole(browser, system, { as: 'viewer', at: '/caches' });
      await viewer.page.getByRole('row', { name: /^Routing decisions/ }).waitFor();
      expect(await viewer.page.getByRole('button', { name: /Clear|Preload/ }).count()).toBe(0);
      await viewer.leave();
      const { page, leave, problems } = await openConsole(browser, system, { as: 'admin', at: '/caches' });
      await page.getByRole('button', { name: 'Clear…' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Clear the caches' }).click();
      await page.getByText(/^Cleared /).waitFor();
      await page.getByRole('button', { name: 'Preload the latest decisions' }).click();
      await page.getByText(/^The caches hold|^There were no requests for decisions yet/).waitFor();
      expect(problems).toEqual([]);
      await leave();
    });
  });
}
