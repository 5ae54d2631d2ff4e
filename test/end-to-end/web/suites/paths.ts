import { describe, expect, it } from 'vitest';
import { openConsole } from '../../../support/browser.ts';
import type { ConsoleWorld } from '../../../support/console-world.ts';
import type { SystemClient } from '../../../support/system-client.ts';

export function pathsSuite(world: () => ConsoleWorld): void {
  describe('paths', () => {
    it('are failed over with a receipt, explained for now and earlier, and returned to service', async () => {
      const { browser, system, admin } = world();
      const sites = await twoPaths(admin);
      const policies = await policiesBetween(admin, sites);
      const { page, leave, problems } = await openConsole(browser, system, {
        as: 'operator',
        at: '/paths',
      });
      await page.getByRole('table', { name: 'Paths' }).getByText('Failing wan1 – Over wan1').click();
      const panel = page.getByRole('dialog', { name: 'Failing wan1 – Over wan1' });
      await panel.getByText('Default uses this path').waitFor();

      await panel.getByRole('button', { name: 'Fail over' }).click();
      const sure = page.getByRole('dialog', { name: 'Take this path out of use' });
      await sure.getByRole('button', { name: 'Fail over' }).click();
      const receipt = panel.getByRole('region', { name: 'Receipt' });
      await receipt
        .getByText('Path Failing wan1 – Over wan1 is out of use until it has been good for long enough')
        .waitFor();
      await page
        .getByRole('region', { name: 'Notifications' })
        .getByText('Path Failing wan1 – Over wan1')
        .waitFor();
      await receipt.getByRole('definition').first().locator(`data[value="${policies}"]`).waitFor();
      await receipt.getByText('Default', { exact: true }).waitFor();

      // The reason why it is not selected now, and why it was before.
      await panel.getByText('Default uses another path').waitFor();
      await panel.getByText('An operator took it out of use').first().waitFor();
      const before = new Date((await startedAt(admin)) - 1).toISOString();
      await panel.getByLabel('At (UTC)').fill(before);
      await panel.getByText('Default uses this path').waitFor();
      expect(new URL(page.url()).searchParams.get('at')).toBe(before);

      await panel.getByRole('button', { name: 'Now', exact: true }).click();
      await panel.getByRole('button', { name: 'Return to use' }).click();
      await receipt.getByText('Path Failing wan1 – Over wan1 is in use again').waitFor();
      await panel.getByText('Default uses this path').waitFor();
      expect(problems).toEqual([]);
      await leave();
    });

    it('are shown as a matrix and around a site, without actions for a viewer', async () => {
      const { browser, system } = world();
      const { page, leave, problems } = await openConsole(browser, system, {
        as: 'viewer',
        at: '/paths?view=matrix',
      });
      const pairs = page.getByRole('table', { name: 'Pairs of sites' });
      await pairs.getByRole('button', { name: 'Failing' }).click();
      const neighbours = page.getByRole('table', { name: 'Neighbours' });
      await neighbours.getByText('Over').waitFor();
      await page.getByRole('figure', { name: /^Failing and 1 neighbour/ }).waitFor();
      await neighbours.getByRole('button', { name: '1', exact: true }).click();
      const panel = page.getByRole('dialog');
      await panel.getByRole('region', { name: 'Loss' }).waitFor();
      await panel.getByText('Not measured').first().waitFor();
      expect(await panel.getByRole('button', { name: 'Fail over' }).count()).toBe(0);
      expect(problems).toEqual([]);
      await leave();
    });
  });
}

/**
 * Two sites with two paths between them; the one of wan1 has the lower id, so it is selected while
 * none is measured.
 */
async function twoPaths(admin: SystemClient): Promise<[string, string]> {
  const sites: string[] = [];
  for (const name of ['Failing', 'Over']) {
    const { createSite } = await admin.data('mutation ($name: String!) { createSite(name: $name) { id } }', {
      name,
    });
    sites.push(createSite.id);
    for (const endpoint_id of ['wan1', 'wan2']) {
      await admin.data(
        `mutation ($site_id: ID!, $endpoint_id: ID!, $address: String!) {
          addEndpoint(site_id: $site_id, endpoint_id: $endpoint_id, address: $address, interface_type: FIBER) { id }
        }`,
        { site_id: createSite.id, endpoint_id, address: `${endpoint_id}.example.com` },
      );
    }
  }
  const connect = async (endpoint: string): Promise<string> => {
    const { createPath } = await admin.data(
      `mutation ($a: ID!, $b: ID!, $endpoint: ID!) {
        createPath(source_site_id: $a, source_endpoint_id: $endpoint, destination_site_id: $b, destination_endpoint_id: $endpoint) { id }
      }`,
      { a: sites[0], b: sites[1], endpoint },
    );
    return createPath.id;
  };
  const first = await connect('wan1');
  for (;;) {
    const second = await connect('wan2');
    if (second > first) return sites as [string, string];
    await admin.data('mutation ($id: ID!) { deletePath(path_id: $id) { success } }', { id: second });
  }
}

/** How many policies decide about a path between two sites. */
async function policiesBetween(admin: SystemClient, [from, to]: [string, string]): Promise<number> {
  const { routingDecisions } = await admin.data(
    'query ($from: ID!, $to: ID!) { routingDecisions(source_site_id: $from, destination_site_id: $to) { decisions { policy_id } } }',
    { from, to },
  );
  return routingDecisions.decisions.length;
}

/** When the last failover began, milliseconds since the epoch. */
async function startedAt(admin: SystemClient): Promise<number> {
  const { auditLog } = await admin.data(
    'query { auditLog(action: "failoverPath", limit: 1) { items { started_at } } }',
  );
  return Date.parse(auditLog.items[0].started_at);
}
