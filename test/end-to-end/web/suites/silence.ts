import { join } from 'node:path';
import { afterAll, describe, it } from 'vitest';
import { hearsChanges, openConsole } from '../../../support/browser.ts';
import { alarmTargets, type ConsoleWorld } from '../../../support/console-world.ts';
import { type RunningEdge, startEdge } from '../../../support/run-edge.ts';

const EDGE = 'edge-falls-silent';
const PATIENCE = { timeout: 120_000, interval: 2000 };

/**
 * Seconds between its reports: an edge is silent when it has missed three, or for as long as the
 * system's setting says.
 */
const INTERVAL_S = 3;

export function silenceSuite(world: () => ConsoleWorld): void {
  describe('an edge that falls silent', () => {
    let edge: RunningEdge | undefined;
    afterAll(() => stop());
    const isAlarm = async () => (await alarmTargets(world())).includes(`edge:${EDGE}`);

    it('has an alarm on Now while it is silent, without a reload', async ({ expect }) => {
      const { browser, system, admin } = world();
      const { createSite } = await admin.data('mutation { createSite(name: "Of few words") { id } }');
      await admin.data(
        `mutation ($id: ID!, $site_id: ID!, $interval_s: Int) {
          registerEdge(id: $id, site_id: $site_id, interval_s: $interval_s) { id }
        }`,
        { id: EDGE, site_id: createSite.id, interval_s: INTERVAL_S },
      );
      edge = start();
      await expect.poll(heardAt, PATIENCE).not.toBeNull();
      await expect.poll(isAlarm, PATIENCE).toBe(false);
      const { page, leave, problems } = await openConsole(browser, system, { as: 'viewer' });
      await hearsChanges(page);
      const panel = page.getByRole('region', { name: 'Problems' });
      await panel.getByRole('listitem').or(panel.getByText('No problems')).first().waitFor();
      const alarm = panel.getByText(`Edge ${EDGE} is silent.`);
      await alarm.waitFor({ state: 'detached' });
      // Lost when the page is loaded again.
      await page.evaluate('window.neverReloaded = true');

      await stop();
      await expect.poll(isAlarm, PATIENCE).toBe(true);
      await alarm.waitFor();

      edge = start();
      await expect.poll(isAlarm, PATIENCE).toBe(false);
      await alarm.waitFor({ state: 'detached' });
      expect(await page.evaluate('window.neverReloaded')).toBe(true);
      expect(problems).toEqual([]);
      await leave();
    });

    function start(): RunningEdge {
      const { folder } = world();
      return startEdge([
        ...['read', '--edge-id', EDGE, '--interval', `${INTERVAL_S}`],
        ...['--system', folder, '--spool', join(folder, EDGE)],
      ]);
    }

    async function stop(): Promise<void> {
      edge?.child.kill('SIGKILL');
      await edge?.ended;
      edge = undefined;
    }

    async function heardAt(): Promise<string | null> {
      const { edge } = await world().admin.data('query ($id: ID!) { edge(id: $id) { last_seen } }', {
        id: EDGE,
      });
      return edge.last_seen;
    }
  });
}
