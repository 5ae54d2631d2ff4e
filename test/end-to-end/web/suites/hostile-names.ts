import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { openConsole } from '../../../support/browser.ts';
import type { ConsoleWorld } from '../../../support/console-world.ts';

const NAMES = [
  '<img src=x onerror="document.title=\'broken\'">',
  '</script><script>document.title="broken"</script>',
  'שלום עולם — مرحبا',
  'W'.repeat(100),
];

export function hostileNamesSuite(world: () => ConsoleWorld): void {
  describe('hostile names', () => {
    it('are shown unchanged, run no code and push nothing off the screen', async () => {
      const { browser, system, admin } = world();
      for (const name of NAMES) {
        await admin.data('mutation ($name: String!) { createPolicy(name: $name, priority: 900) { id } }', {
          name,
        });
      }
      const { page, context, problems } = await openConsole(browser, system, {
        as: 'viewer',
        viewport: { width: 390, height: 800 },
      });
      const table = page.getByRole('table', { name: 'Policies' });
      for (const name of NAMES) await table.getByText(name, { exact: true }).waitFor();
      expect(await page.title()).toBe('Patronus');
      expect(await sidewaysScroll(page)).toBe(0);
      expect(problems).toEqual([]);
      await context.close();
    });
  });
}

/** Pixels by which the page can be scrolled sideways. */
export function sidewaysScroll(page: Page): Promise<number> {
  return page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
}
