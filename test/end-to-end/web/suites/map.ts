import { describe, expect, it } from 'vitest';
import { axeViolations } from '../../../support/axe.ts';
import { openConsole, reloadConsole } from '../../../support/browser.ts';
import type { ConsoleWorld } from '../../../support/console-world.ts';

const PLACES = { 'Oslo yard': [59.9, 10.7], 'Lima yard': [-12, -77], 'Lima port': [-12.1, -77.1] } as const;

export function mapSuite(world: () => ConsoleWorld): void {
  describe('the map of the sites', () => {
    it('is searched by dragging a box, which is kept in the address, and links to a site', async () => {
      const { browser, system, admin } = world();
      for (const [name, [latitude, longitude]] of Object.entries(PLACES)) {
        await admin.data(
          'mutation ($name: String!, $latitude: Float, $longitude: Float) { createSite(name: $name, latitude: $latitude, longitude: $longitude) { id } }',
          { name, latitude, longitude },
        );
      }
      const { page, leave, problems } = await openConsole(browser, system, {
        as: 'viewer',
        at: '/sites?view=map',
      });
      const table = page.getByRole('table', { name: 'Sites on the map' });
      await table.getByText('Oslo yard').waitFor();
      await page.locator('.world-land').first().waitFor({ state: 'attached' });

      expect(await axeViolations(page)).toEqual([]);
      // Lima's two sites are one mark at this scale, and two after zooming in with a key.
      const lima = page.getByRole('button', { name: /^2 sites/ });
      await lima.focus();
      await page.keyboard.press('Enter');
      await page.getByRole('link', { name: 'Lima port: No path' }).waitFor();
      await table.getByText('Oslo yard').waitFor({ state: 'detached' });
      await page.getByRole('button', { name: 'Whole world' }).click();
      await table.getByText('Oslo yard').waitFor();

      // The upper half: -60 to 84 degrees of latitude are drawn.
      const map = (await page.locator('.world-map').boundingBox())!;
      await page.mouse.move(map.x + map.width * 0.3, map.y + map.height * 0.1);
      await page.mouse.down();
      await page.mouse.move(map.x + map.width * 0.7, map.y + map.height * 0.4, { steps: 4 });
      await page.mouse.up();
      await page.waitForURL(/box=/);
      await table.getByText('Lima yard').waitFor({ state: 'detached' });
      await reloadConsole(page);
      await table.getByText('Oslo yard').waitFor();
      expect(await table.getByText('Lima yard').count()).toBe(0);
      await page.getByRole('link', { name: 'Oslo yard: No path' }).click();
      await page.getByRole('heading', { name: 'Oslo yard' }).waitFor();
      expect(problems).toEqual([]);
      await leave();
    });
  });
}
