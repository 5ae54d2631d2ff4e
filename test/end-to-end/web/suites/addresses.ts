import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { openConsole, PATIENCE_MS, reloadConsole } from '../../../support/browser.ts';
import type { ConsoleWorld } from '../../../support/console-world.ts';

export function addressSuite(world: () => ConsoleWorld): void {
  describe('addresses', () => {
    it('keep the view: range, comparison, and the way back', async () => {
      const { browser, system } = world();
      const { page, leave } = await openConsole(browser, system, { as: 'viewer' });
      await page.getByRole('button', { name: 'Last hour' }).click();
      await page.getByRole('menuitem', { name: 'Last 24 hours' }).click();
      await page.getByRole('button', { name: 'Compare' }).click();
      await page.waitForURL('**/?range=24h&compare=yes');
      await reloadConsole(page);
      await page.getByRole('button', { name: 'Last 24 hours' }).waitFor();
      await page.getByRole('button', { name: 'Compare', pressed: true }).waitFor();
      await page.getByRole('button', { name: 'Previous range' }).click();
      await page.waitForURL(/from=.*T\d\d:\d\dZ&to=.*T\d\d:\d\dZ$/);
      await page.getByRole('button', { name: 'Next range' }).click();
      await page.waitForURL('**/?compare=yes&range=24h');
      await leave();
    });

    it('without a page show an error page within the frame', async () => {
      const { browser, system } = world();
      const { page, leave } = await openConsole(browser, system, { as: 'viewer', at: '/no/such?page=1' });
      await page.getByRole('heading', { name: 'Page not found' }).waitFor();
      await page.getByRole('link', { name: 'Go to Now' }).click();
      await page.getByRole('heading', { name: 'Now', exact: true }).waitFor();
      await leave();
    });

    it('can be reached by keyboard: pages, policies and actions', async () => {
      const { browser, system } = world();
      const { page, context } = await openConsole(browser, system, { as: 'viewer', colorScheme: 'light' });
      await runCommand(page, 'dark', 'Dark theme');
      await page.locator('html[data-theme=dark]').waitFor({ state: 'attached' });
      await reloadConsole(page);
      expect(await page.evaluate('getComputedStyle(document.documentElement).colorScheme')).toBe('dark');
      await runCommand(page, 'default', 'Default');
      await page.waitForURL('**/?policy=default');
      await context.close();
    });
  });

  describe('the server of the console', () => {
    const get = (path: string, accept: string) =>
      fetch(new URL(path, world().system.endpoints.dashboard), { headers: { accept } });

    it('allows neither inline code nor foreign code', async () => {
      const { headers } = await get('/', 'text/html');
      const policy = headers.get('content-security-policy')!;
      expect(policy).not.toMatch(/unsafe-inline|unsafe-eval/);
      expect(policy).toMatch(/require-trusted-types-for 'script'/);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('cache-control')).toBe('no-cache');
    });

    it.each([
      ['/sites/1', 'text/html', 200, 'text/html; charset=utf-8'],
      ['/sites/1', '*/*', 404, 'text/plain; charset=utf-8'],
      ['/assets/missing.js', '*/*', 404, 'text/plain; charset=utf-8'],
      ['/..%2fmanifest.json', '*/*', 404, 'text/plain; charset=utf-8'],
      ['/icon.svg', '*/*', 200, 'image/svg+xml'],
      ['/healthz', '*/*', 200, 'text/plain; charset=utf-8'],
      ['/graphql', 'application/json', 404, 'application/json;charset=UTF-8'],
    ])('GET %s for %s is %i', async (path, accept, status, type) => {
      const answer = await get(path, accept);
      expect([answer.status, answer.headers.get('content-type')]).toEqual([status, type]);
    });
  });
}

/** Types a part of the name into the palette until only that entry is left, and selects it. */
async function runCommand(page: Page, typed: string, name: string): Promise<void> {
  await page.keyboard.press('Control+k');
  await page.getByRole('searchbox', { name: /^Find/ }).fill(typed);
  const commands = page.getByRole('menu', { name: 'Found' }).getByRole('menuitem');
  await expect
    .poll(() => commands.allTextContents(), { timeout: PATIENCE_MS })
    .toEqual([expect.stringContaining(name)]);
  await page.keyboard.press('ArrowDown');
  await commands.and(page.locator('[data-focused]')).waitFor();
  await page.keyboard.press('Enter');
}
