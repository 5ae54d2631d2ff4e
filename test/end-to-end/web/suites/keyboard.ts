import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { newContext } from '../../../support/browser.ts';
import { connectedSites } from '../../../support/connected-sites.ts';
import { awaitAlarm, type ConsoleWorld } from '../../../support/console-world.ts';
import { focused, focusIsKept, tabTo } from '../../../support/focus.ts';
import { userOf } from '../../../support/no-group-user.ts';

const NAME = 'Keyed in';

/** The main tasks with `page.keyboard` only; each wait is for something that a person would see. */
export function keyboardSuite(world: () => ConsoleWorld): void {
  describe('with the keyboard only', () => {
    beforeAll(async () => {
      const { admin, silent_edge } = world();
      await connectedSites(admin, { name: NAME, other: 'Keyed out' });
      await awaitAlarm(world(), silent_edge);
    });

    it('a person signs in, fails the worst path over and undoes it, deletes a site and undoes it, and acknowledges an alarm', async () => {
      const { browser, system, silent_edge } = world();
      const context = await newContext(browser);
      const page = await context.newPage();
      const { keyboard } = page;
      await page.goto(system.endpoints.dashboard);
      await signIn(page, userOf(system.endpoints, 'admin'));

      await keyboard.press('g');
      await keyboard.press('p');
      await heading(page, 'Paths').waitFor();
      const paths = page.getByRole('table', { name: 'Paths' });
      await paths.getByRole('button').first().waitFor();
      const worst = (await paths.getByRole('button').first().textContent())!;
      await tabTo(page, worst);
      await keyboard.press('Enter');
      const panel = page.getByRole('dialog', { name: worst });
      await panel.getByRole('region', { name: 'Why this path' }).getByRole('table').first().waitFor();
      await tabTo(page, 'Fail over');
      await keyboard.press('Enter');
      const sure = page.getByRole('dialog', { name: 'Take this path out of use' });
      await sure.waitFor();
      await tabTo(page, 'Fail over');
      await keyboard.press('Enter');
      await panel.getByRole('region', { name: 'Receipt' }).waitFor();
      await sure.waitFor({ state: 'detached' });
      await expect.poll(() => nameOfFocused(page)).toBe('Fail over');
      await keyboard.press('Escape');
      await panel.waitFor({ state: 'detached' });
      await expect.poll(() => nameOfFocused(page)).toBe(worst);
      await undo(page, /^Undo Failover path path:/);

      await find(page, NAME, `${NAME}Site`);
      await heading(page, NAME).waitFor();
      await page.getByRole('cell', { name: 'wan1', exact: true }).first().waitFor();
      await tabTo(page, 'Delete…');
      await keyboard.press('Enter');
      const sites = page.getByRole('dialog', { name: `Delete ${NAME}` });
      await sites.getByText('This also deletes:').waitFor();
      expect(await nameOfFocused(page)).toBe(`Type ${NAME} to confirm`);
      await keyboard.type(NAME);
      await keyboard.press('Enter');
      await heading(page, 'Sites and edges').waitFor();
      await sites.waitFor({ state: 'detached' });
      await focusIsKept(page);
      await undo(page, /^Undo Delete site site:/);
      await find(page, NAME, `${NAME}Site`);
      await heading(page, NAME).waitFor();

      await keyboard.press('g');
      await keyboard.press('n');
      const alarm = page.getByRole('listitem').filter({ hasText: `Edge ${silent_edge} is silent.` });
      await alarm.waitFor();
      await tabTo(page, `Edge ${silent_edge} is silent.`);
      await tabTo(page, 'Acknowledge', { steps: 1 });
      await keyboard.press('Enter');
      await alarm.getByText('Acknowledged').waitFor();
      await focusIsKept(page);
      await context.close();
    });
  });
}

const heading = (page: Page, name: string) => page.getByRole('heading', { name, exact: true, level: 1 });
const nameOfFocused = async (page: Page): Promise<string> => (await focused(page)).name;

async function signIn(page: Page, { email, password }: { email: string; password: string }): Promise<void> {
  await page.getByLabel('E-mail address').waitFor();
  expect(await nameOfFocused(page)).toBe('E-mail address');
  await page.keyboard.type(email);
  await page.keyboard.press('Tab');
  await page.keyboard.type(password);
  await page.keyboard.press('Enter');
  await page.getByRole('navigation', { name: 'Pages' }).waitFor();
}

/** Finds an entry with the palette and opens it. */
async function find(page: Page, text: string, found: string): Promise<void> {
  await page.keyboard.press('Control+k');
  const field = page.getByRole('searchbox', { name: /^Find/ });
  await field.waitFor();
  await expect.poll(() => nameOfFocused(page)).toMatch(/^Find/);
  await page.keyboard.type(text);
  const item = page.getByRole('menuitem').filter({ hasText: found });
  await item.waitFor();
  await expect.poll(() => page.getByRole('menuitem').count()).toBe(1);
  await page.keyboard.press('ArrowDown');
  await expect.poll(() => field.getAttribute('aria-activedescendant')).toBe(await item.getAttribute('id'));
  await page.keyboard.press('Enter');
  await field.waitFor({ state: 'detached' });
}

/** Undoes the newest change of that name on the page Changes; the focus stays nearby. */
async function undo(page: Page, name: RegExp): Promise<void> {
  await page.keyboard.press('g');
  await page.keyboard.press('c');
  await heading(page, 'Changes').waitFor();
  const button = page.getByRole('button', { name }).first();
  await button.waitFor();
  const label = (await button.getAttribute('aria-label'))!;
  await tabTo(page, label);
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: label, exact: true }).waitFor({ state: 'detached' });
  await focusIsKept(page);
}
