import { describe, expect, it } from 'vitest';
import { createSignIn } from '../../../../local/provision/sign-ins.ts';
import { totpCode } from '../../../../scripts/aws/totp.ts';
import { newContext } from '../../../support/browser.ts';
import type { ConsoleWorld } from '../../../support/console-world.ts';

const FAY = { email: 'fay@example.com', password: 'Correct-Horse-9', groups: ['viewer'] };
const NEW_PASSWORD = 'Battery-Staple-9';

export function signInSuite(world: () => ConsoleWorld): void {
  describe('the sign-in', () => {
    it('asks for the code of an app that was set up, and lets people reset a forgotten password', async () => {
      const { browser, system, mails } = world();
      await createSignIn(system.endpoints.cognito, system.userPoolId, FAY);
      const context = await newContext(browser);
      const page = await context.newPage();
      const code = page.getByRole('textbox', { name: /^Code from/ });
      const signIn = page.getByRole('button', { name: 'Sign in', exact: true });

      await page.goto(new URL('/settings', system.endpoints.dashboard).href);
      await page.getByLabel('E-mail address').fill(FAY.email);
      await page.getByLabel('Password').fill(FAY.password);
      await signIn.click();
      await page.getByRole('button', { name: 'Set up a second factor' }).click();
      const secret = (await page.locator('.totp-secret code').textContent())!.replaceAll(' ', '');
      await code.fill('000000');
      await page.getByRole('button', { name: 'Turn it on' }).click();
      await page.getByText('The code is wrong.', { exact: false }).waitFor();
      await code.fill(totpCode(secret, Date.now()));
      await page.getByRole('button', { name: 'Turn it on' }).click();
      await page.getByText('Your sign-in asks for a code from your authenticator app.').waitFor();

      await page.getByRole('button', { name: `Account of ${FAY.email}` }).click();
      await page.getByRole('menuitem', { name: 'Sign out' }).click();
      await page.getByRole('button', { name: 'Forgotten password?' }).click();
      await page.getByLabel('E-mail address').fill(FAY.email);
      await page.getByRole('button', { name: 'Send a code' }).click();
      await page.getByText(`If ${FAY.email} has an account, a code was mailed to it.`).waitFor();
      await code.fill(mails.find(({ to }) => to === FAY.email)!.code);
      await page.getByLabel('New password').fill(NEW_PASSWORD);
      await page.getByRole('button', { name: 'Set the password' }).click();
      await page.getByLabel('Code from your authenticator app').fill(totpCode(secret, Date.now()));
      await signIn.click();
      await page.getByRole('button', { name: 'Turn off the second factor' }).click();
      await page.getByRole('button', { name: 'Set up a second factor' }).waitFor();
      expect(mails.filter(({ to }) => to === FAY.email).map(({ about }) => about)).toEqual(['NEW_PASSWORD']);
      await context.close();
    });
  });
}
