import { beforeAll, describe, expect, it } from 'vitest';
import { hearsChanges, openConsole, reloadConsole } from '../../../support/browser.ts';
import type { ConsoleWorld } from '../../../support/console-world.ts';

/** Of documentation, so that no traffic of the world is under it. */
const NETWORK = '203.0.113.0/24';

export function policyEditorSuite(world: () => ConsoleWorld): void {
  describe('a policy in depth', () => {
    let id: string;

    beforeAll(async () => {
      const { createPolicy } = await world().admin.data(
        `mutation { createPolicy(name: "Deep", priority: 950, match: { source_cidr: "${NETWORK}" }) { id } }`,
      );
      id = createPolicy.id;
      await world().admin.data(
        'mutation { createPolicy(name: "Under", priority: 940, match: { source_cidr: "192.0.2.1" }) { id } }',
      );
    });

    it('shows the impact and the shadows of a draft before it is saved, and which policy would match a flow', async () => {
      const { browser, system } = world();
      const { page, leave, problems } = await openConsole(browser, system, {
        as: 'operator',
        at: `/policies?policy=${id}`,
      });
      const dialog = page.getByRole('dialog', { name: 'Policy Deep' });
      await dialog.getByText('Change a condition or the priority').waitFor();
      await dialog.getByLabel('Source network').fill('10.1');
      await dialog
        .getByText(/^draft\.match\.source_cidr must be an IPv4 or IPv6 network/)
        .first()
        .waitFor();
      await dialog.getByLabel('Source network').fill('');
      const moves = dialog.getByRole('list', { name: 'From policy to policy' });
      await moves.getByText('Deep').first().waitFor();
      await dialog.getByText('Edges heard').waitFor();
      await dialog.getByText('Under: all its flows match Deep').waitFor();
      const tester = dialog.getByRole('region', { name: 'Flow' });
      await tester.getByLabel('Source address').fill('192.0.2.1');
      await tester.getByLabel('Destination address').fill('192.0.2.9');
      await tester.getByLabel('IP protocol').fill('6');
      await tester.getByRole('button', { name: 'Test', exact: true }).click();
      await dialog.getByText('Policy Deep matches it.').waitFor();
      expect(problems).toEqual([]);
      await leave();
    });

    it('shows its versions, restores one, and reports a conflict with another person', async () => {
      const { browser, system, admin } = world();
      const change = (priority: number) =>
        admin.data(
          'mutation ($id: ID!, $priority: Int!) { updatePolicy(id: $id, priority: $priority) { id } }',
          {
            id,
            priority,
          },
        );
      await change(951);
      const { page, leave, problems } = await openConsole(browser, system, {
        as: 'operator',
        at: `/policies?policy=${id}&part=versions`,
      });
      await hearsChanges(page);
      const dialog = page.getByRole('dialog', { name: 'Policy Deep' });
      const versions = dialog.getByRole('list', { name: 'Versions' });
      await versions.getByText('priority: 950 → 951').waitFor();
      await change(952);
      await versions.getByText('priority: 951 → 952').waitFor();
      const first = versions.getByRole('listitem').filter({ hasText: 'Create policy' });
      await first.getByRole('button', { name: /^Restore the version of/ }).click();
      await dialog.getByRole('button', { name: 'Overwrite with mine' }).click();
      await versions.getByText('priority: 952 → 950').waitFor();
      await reloadConsole(page);
      await versions.getByText('priority: 952 → 950').waitFor();
      const { policy } = await admin.data('query ($id: ID!) { policy(id: $id) { priority } }', { id });
      expect(policy).toEqual({ priority: 950 });
      expect(problems).toEqual([]);
      await leave();
    });

    it('sets its routing, is deleted after its name was typed, and is restored by the offered undo', async () => {
      const { browser, system, admin } = world();
      const { page, leave, problems } = await openConsole(browser, system, {
        as: 'operator',
        at: `/policies?policy=${id}&part=routing`,
      });
      const dialog = page.getByRole('dialog', { name: 'Policy Deep' });
      await dialog.getByLabel('Fail over when the score is below').fill('90');
      await dialog.getByRole('button', { name: 'Save the routing' }).click();
      await dialog.getByText('failback_above must not be below failover_below.').waitFor();
      await dialog.getByLabel('Fail back when the score is above').fill('95');
      await dialog.getByRole('button', { name: 'Save the routing' }).click();
      await page.getByText('The routing was saved and is in effect.').waitFor();
      const routing = `query ($id: ID!) { policyRouting(policy_id: $id) { preference failover_below failback_above } }`;
      expect((await admin.data(routing, { id })).policyRouting).toEqual({
        preference: 'LOWEST_LATENCY',
        failover_below: 90,
        failback_above: 95,
      });

      await dialog.getByRole('radio', { name: 'Definition' }).click();
      await dialog.getByRole('button', { name: 'Delete…' }).click();
      const deletion = page.getByRole('dialog', { name: 'Delete Deep' });
      await deletion.getByText('Traffic that would move').waitFor();
      await deletion.getByLabel('Type Deep to confirm').fill('Deep');
      await deletion.getByRole('button', { name: 'Delete the policy' }).click();
      await dialog.waitFor({ state: 'detached' });
      const defined = async () =>
        (await admin.data('query ($id: ID!) { policy(id: $id) { defined } }', { id })).policy?.defined ??
        false;
      expect(await defined()).toBe(false);
      const toasts = page.getByRole('alertdialog');
      await toasts.filter({ hasText: '(Deep) is deleted' }).getByRole('button', { name: 'Undo' }).click();
      await toasts.filter({ hasText: `Policy ${id} is back.` }).waitFor();
      expect(await defined()).toBe(true);
      expect(problems).toEqual([]);
      await leave();
    });
  });
}
