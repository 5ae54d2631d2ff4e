import { describe, expect, it } from 'vitest';
import { newContext, openConsole, signInOn } from '../../../support/browser.ts';
import type { ConsoleWorld } from '../../../support/console-world.ts';

export function sessionSuite(world: () => ConsoleWorld): void {
  describe('the session', () => {
    it('shows the counters after a sign-in, and violates no content policy', async () => {
      const { browser, system, admin } = world();
      const { trafficTotals } = await admin.data('{ trafficTotals { bytes_exact } }');
      const { page, context, problems } = await openConsole(browser, system, { as: 'viewer', signIn: true });
      const bytes = page.getByRole('region', { name: 'All traffic' }).locator('dd').nth(1);
      await bytes.locator(`data[value="${trafficTotals.bytes_exact}"]`).waitFor();
      expect(problems).toEqual([]);
      await context.close();
    });

    it('reports a wrong password, and accepts the right one', async () => {
      const { browser, system } = world();
      const context = await newContext(browser);
      const page = await context.newPage();
      await page.goto(system.endpoints.dashboard);
      await page.getByLabel('E-mail address').fill('viewer@example.com');
      await page.getByLabel('Password').fill('wrong');
      await page.getByRole('button', { name: 'Sign in' }).click();
      const alert = page.getByRole('alert');
      await alert.waitFor();
      expect(await alert.textContent()).toBe(
        'The e-mail address or the password is wrong. Check both, then try again.',
      );
      await signInOn(page, system, 'viewer');
      await context.close();
    });

    it('asks for another sign-in when it ends, and continues on the same page', async () => {
      const { browser, system } = world();
      const { page, context } = await openConsole(browser, system, {
        as: 'operator',
        at: '/?range=6h',
        signIn: true,
      });
      await page.getByRole('button', { name: 'Last 6 hours' }).waitFor();
      await page.evaluate(endSession);
      await page.getByRole('button', { name: 'Previous range' }).click();
      await page.waitForURL(/from=/);
      await page.getByRole('dialog', { name: 'Sign in again' }).waitFor();
      const address = page.url();
      expect(await page.getByLabel('E-mail address').inputValue()).toBe('operator@example.com');
      await signInOn(page, system, 'operator');
      expect(page.url()).toBe(address);
      await page.getByRole('region', { name: 'All traffic' }).locator('dd data').first().waitFor();
      await context.close();
    });

    it('offers only the actions of its role', async () => {
      const { browser, system } = world();
      const { page, context } = await openConsole(browser, system, { as: 'viewer', signIn: true });
      await page.getByRole('button', { name: 'Account of viewer@example.com' }).click();
      await page.getByRole('menuitem', { name: 'Sign out' }).click();
      await page.getByRole('heading', { name: 'Patronus' }).waitFor();
      await signInOn(page, system, 'admin');
      await page.getByRole('button', { name: 'Account of admin@example.com' }).waitFor();
      await context.close();
    });
  });
}

/** As after the refresh token was revoked and the access token has expired. Runs in the page. */
export function endSession(): void {
  for (const name of Object.keys(localStorage)) {
    if (name.endsWith('.refreshToken')) localStorage.setItem(name, 'revoked');
    if (!/\.(accessToken|idToken)$/.test(name)) continue;
    const [head, payload, signature] = localStorage.getItem(name)!.split('.') as [string, string, string];
    const claims = JSON.parse(atob(payload.replaceAll('-', '+').replaceAll('_', '/')));
    localStorage.setItem(name, [head, btoa(JSON.stringify({ ...claims, exp: 1 })), signature].join('.'));
  }
}
