import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { openConsole, reloadConsole } from '../../../support/browser.ts';
import { connectedSites } from '../../../support/connected-sites.ts';
import type { ConsoleWorld } from '../../../support/console-world.ts';

export function incidentsSuite(world: () => ConsoleWorld): void {
  describe('changes between two instants', () => {
    it('are ranked with links, reject an invalid time, and open from an entry', async () => {
      const { browser, system, admin } = world();
      const { createPolicy } = await admin.data(
        'mutation { createPolicy(name: "Ranked", priority: 3, match: { source_cidr: "203.0.113.7" }) { id } }',
      );
      const { page, leave, problems } = await openConsole(browser, system, {
        as: 'viewer',
        at: '/changes?show=between&range=15m',
      });
      const table = page.getByRole('table', { name: 'Changes by effect' });
      await table.getByRole('link', { name: 'Policy Ranked was created.' }).waitFor();
      await page.getByLabel('First instant (UTC)').fill('yesterday');
      await page.getByRole('button', { name: 'Compare', exact: true }).last().click();
      await page.getByText('Write a time in UTC, such as 2026-01-31 12:00.').waitFor();

      const entry = table.getByRole('row').filter({ hasText: 'Policy Ranked was created.' });
      await entry.getByRole('link', { name: 'Entry' }).click();
      const dialog = page.getByRole('dialog', { name: 'Create policy' });
      await dialog.getByRole('link', { name: 'changes around this time' }).click();
      await page.waitForURL(/show=between&from=.*&to=/);
      await dialog.waitFor({ state: 'detached' });
      await reloadConsole(page);
      await table.getByRole('link', { name: 'Policy Ranked was created.' }).click();
      await page.waitForURL(`**/policies?policy=${createPolicy.id}`);
      await page.getByRole('dialog', { name: 'Policy Ranked' }).getByText('203.0.113.7').waitFor();
      expect(problems).toEqual([]);
      await leave();
    });
  });

  describe('an incident', () => {
    it('is stored for two instants, is unchanged after its sites are deleted, and downloads as JSON', async () => {
      const { browser, system, admin } = world();
      const { path_out, site } = await connectedSites(admin, { name: 'Frozen one', other: 'Frozen other' });
      await admin.data(
        'mutation ($id: ID!) { failoverPath(path_id: $id, until_restored: true) { audit_id } }',
        { id: path_out },
      );
      const { page, leave, problems } = await openConsole(browser, system, {
        as: 'operator',
        at: '/changes?show=between&range=15m&freeze=yes',
      });
      const form = page.getByRole('dialog', { name: 'Freeze as an incident' });
      await form.getByLabel('Name').fill('Cut off');
      await form.getByRole('button', { name: 'Freeze', exact: true }).click();
      await page.getByRole('heading', { name: 'Cut off' }).waitFor();
      expect(page.url()).toMatch(/\/incidents\/[0-9A-Z]{26}$/);
      const id = page.url().slice(-26);

      await admin.data('mutation ($id: ID!) { deleteSite(site_id: $id) { audit_id } }', { id: site });
      await reloadConsole(page);
      const decisions = page.getByRole('region', { name: /^Decisions between Frozen/ });
      await decisions.getByText('Frozen one wan2 – Frozen other wan2').first().waitFor();
      await page
        .getByRole('table', { name: 'Changes by effect' })
        .getByText('Frozen one wan2')
        .first()
        .waitFor();

      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name: 'Download as JSON' }).click(),
      ]);
      expect(download.suggestedFilename()).toBe(`incident-${id}.json`);
      const saved = JSON.parse(await readFile(await download.path(), 'utf8'));
      const { incident } = await admin.data(
        'query ($id: ID!) { incident(id: $id) { log_total gaps incident { id name } changes { total } } }',
        { id },
      );
      expect(saved).toMatchObject(incident);

      await page.getByRole('button', { name: 'Remove…' }).click();
      await page.getByRole('button', { name: 'Remove the incident' }).click();
      await page.getByRole('heading', { name: 'Incidents' }).waitFor();
      const toasts = page.getByRole('alertdialog');
      await toasts.filter({ hasText: 'Cut off is removed.' }).getByRole('button', { name: 'Undo' }).click();
      await page.getByRole('table', { name: 'Incidents' }).getByRole('link', { name: 'Cut off' }).waitFor();
      expect(problems).toEqual([]);
      await leave();
    });
  });
}
