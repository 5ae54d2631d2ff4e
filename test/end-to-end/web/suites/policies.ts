import { describe, expect, it } from 'vitest';
import { openConsole, reloadConsole } from '../../../support/browser.ts';
import type { ConsoleWorld } from '../../../support/console-world.ts';

/** Of documentation, so that no traffic of the world is under it. */
const NETWORK = '198.51.100.0/24';

export function policiesSuite(world: () => ConsoleWorld): void {
  describe('the page Policies', () => {
    it('defines a policy, marks a wrong value at its field, and accepts the corrected one', async () => {
      const { browser, system, admin } = world();
      const { page, leave, problems } = await openConsole(browser, system, {
        as: 'operator',
        at: '/policies',
      });
      await page.getByRole('button', { name: 'New policy' }).click();
      const dialog = page.getByRole('dialog', { name: 'New policy' });
      await dialog.getByLabel('Name').fill('Formed');
      await dialog.getByLabel('Priority').fill('1001');
      await dialog.getByLabel('Source network').fill('10.1');
      await dialog.getByRole('button', { name: 'Create' }).click();
      const invalid = dialog.locator('.field[data-invalid]');
      await invalid.getByText('priority must be a whole number from 0 to 1000.').waitFor();
      await invalid.getByText(/^match\.source_cidr must be an IPv4 or IPv6 network/).waitFor();
      expect(await invalid.count()).toBe(2);
      await dialog.getByLabel('Priority').fill('999');
      await dialog.getByLabel('Source network').fill(NETWORK);
      await dialog.getByRole('button', { name: 'Create' }).click();
      await dialog.waitFor({ state: 'detached' });
      const { policies } = await admin.data(
        '{ policies(filter: { text: "Formed" }) { items { priority enabled match { source_cidr protocol } } } }',
      );
      expect(policies.items).toEqual([
        { priority: 999, enabled: true, match: { source_cidr: NETWORK, protocol: null } },
      ]);
      expect(problems).toEqual([]);
      await leave();
    });

    it('lists policies that never match, and disables one', async () => {
      const { browser, system, admin } = world();
      const id = await policyWith(admin, { name: 'Behind', priority: 998, source_cidr: '198.51.100.9' });
      const { page, leave } = await openConsole(browser, system, {
        as: 'operator',
        at: '/policies?q=Behind',
      });
      const row = page.getByRole('row').filter({ hasText: 'Behind' });
      await row.getByText('Never matches').waitFor();
      await page.getByTitle('All its flows match Formed.').waitFor();
      await page.getByRole('button', { name: 'Disable Behind' }).press('Enter');
      await row.getByText('Off', { exact: true }).waitFor();
      const { policy } = await admin.data('query ($id: ID!) { policy(id: $id) { enabled } }', { id });
      expect(policy).toEqual({ enabled: false });
      await leave();
    });

    it('opens a policy by its address, and shows it again after a reload', async () => {
      const { browser, system, admin } = world();
      const id = await policyWith(admin, { name: 'Addressed', priority: 997, source_cidr: NETWORK });
      const { page, leave } = await openConsole(browser, system, {
        as: 'operator',
        at: `/policies?policy=${id}`,
      });
      const dialog = page.getByRole('dialog', { name: 'Policy Addressed' });
      await dialog.waitFor();
      await reloadConsole(page);
      await dialog.waitFor();
      expect(await dialog.getByLabel('Source network').inputValue()).toBe(NETWORK);
      await dialog.getByLabel('Priority').fill('996');
      await dialog.getByRole('button', { name: 'Save' }).click();
      await dialog.waitFor({ state: 'detached' });
      const { policy } = await admin.data('query ($id: ID!) { policy(id: $id) { priority } }', { id });
      expect(policy).toEqual({ priority: 996 });
      await leave();
    });

    it('shows which policy matches a flow and why another does not; the flow is in the address', async () => {
      const { browser, system } = world();
      const { page, leave, problems } = await openConsole(browser, system, {
        as: 'viewer',
        at: '/policies?view=test',
      });
      await page.getByLabel('Source address').fill('198.51.100.7');
      await page.getByLabel('Destination address').fill('192.0.2.9');
      await page.getByLabel('IP protocol').fill('256');
      await page.getByRole('button', { name: 'Test', exact: true }).click();
      await page.getByText('flow.protocol must be a whole number from 0 to 255.').first().waitFor();
      await page.getByLabel('IP protocol').fill('6');
      await page.getByRole('button', { name: 'Test', exact: true }).click();
      await page.getByText('Policy Formed matches it.').waitFor();
      const other = page.getByRole('row').filter({ hasText: 'Addressed' });
      await other.getByText('It would match, but a policy with a higher priority matches first.').waitFor();
      await reloadConsole(page);
      await page.getByText('Policy Formed matches it.').waitFor();
      expect(problems).toEqual([]);
      await leave();
    });
  });
}

async function policyWith(
  admin: ConsoleWorld['admin'],
  { source_cidr, ...values }: { name: string; priority: number; source_cidr: string },
): Promise<string> {
  const { createPolicy } = await admin.data(
    `mutation ($name: String!, $priority: Int!, $source_cidr: String!) {
      createPolicy(name: $name, priority: $priority, match: { source_cidr: $source_cidr }) { id }
    }`,
    { ...values, source_cidr },
  );
  return createPolicy.id;
}
