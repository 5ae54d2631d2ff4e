import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { newContext, openConsole } from '../../../support/browser.ts';
import type { ConsoleWorld } from '../../../support/console-world.ts';

const EVE = 'eve@example.com';
const OWN_PASSWORD = 'Correct-Horse-9';

export function usersSuite(world: () => ConsoleWorld): void {
  describe('users', () => {
    it('are invited by mail, sign in, get other groups, and are disabled, all in the audit log', async () => {
      const { browser, system, admin, mails } = world();
      const { page, leave, problems } = await openConsole(browser, system, { as: 'admin', at: '/users' });
      await page.getByRole('button', { name: 'Invite a person' }).click();
      await page.getByLabel('E-mail address').fill('eve');
      await page.getByRole('checkbox', { name: /^Viewer/ }).click({ force: true });
      await page.getByRole('button', { name: 'Send the invitation' }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByText('email must be an e-mail address', { exact: false }).waitFor();
      await dialog.getByText('groups must be one or more', { exact: false }).waitFor();
      await page.getByLabel('E-mail address').fill(EVE);
      await page.getByRole('checkbox', { name: /^Viewer/ }).click({ force: true });
      await page.getByRole('button', { name: 'Send the invitation' }).click();
      await rowOf(page, EVE).getByText('Invited', { exact: true }).waitFor();

      const hers = await newContext(browser);
      const { code: password } = mails.find(({ to }) => to === EVE)!;
      const herPage = await hers.newPage();
      await herPage.goto(new URL('/sites', system.endpoints.dashboard).href);
      await signIn(herPage, password);
      await herPage.getByLabel('New password').fill(OWN_PASSWORD);
      await herPage.getByRole('button', { name: 'Sign in' }).click();
      await herPage.getByRole('heading', { level: 1, name: 'Sites and edges' }).waitFor();
      expect(await herPage.getByRole('link', { name: 'Users' }).count()).toBe(0);

      await page.getByRole('button', { name: `Change groups of ${EVE}` }).click();
      await page.getByRole('checkbox', { name: /^Operator/ }).click({ force: true });
      await page.getByRole('button', { name: 'Save', exact: true }).click();
      await rowOf(page, EVE).getByText('Viewer, Operator').waitFor();

      await page.getByRole('button', { name: `Disable ${EVE}` }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Disable', exact: true }).click();
      await rowOf(page, EVE).getByText('Disabled').waitFor();
      await herPage.evaluate('localStorage.clear()');
      await herPage.goto(system.endpoints.dashboard);
      await signIn(herPage, OWN_PASSWORD);
      await herPage.getByText('Your account is disabled: ask an administrator to enable it.').waitFor();
      await hers.close();

      await page.getByRole('button', { name: 'Disable admin@example.com' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Disable', exact: true }).click();
      await page
        .getByText('"admin@example.com" is the last administrator who can sign in', { exact: false })
        .waitFor();
      const { auditLog } = await admin.data(
        '{ auditLog(limit: 3) { items { operation target_name actor { email } } } }',
      );
      expect(auditLog.items.map(({ operation }: { operation: string }) => operation)).toEqual([
        'setUserEnabled',
        'setUserEnabled',
        'setUserGroups',
      ]);
      expect(auditLog.items[1]).toMatchObject({ target_name: EVE, actor: { email: 'admin@example.com' } });
      expect(problems).toEqual([]);
      await leave();
    });
  });
}

const rowOf = (page: Page, email: string) => page.getByRole('row').filter({ hasText: email });

async function signIn(page: Page, password: string): Promise<void> {
  await page.getByLabel('E-mail address').fill(EVE);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}
