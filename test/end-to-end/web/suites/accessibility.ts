import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { axeViolations } from '../../../support/axe.ts';
import { newContext, openConsole } from '../../../support/browser.ts';
import type { ConsoleWorld } from '../../../support/console-world.ts';
import { sidewaysScroll } from './hostile-names.ts';

/** A phone, which shows menus instead of columns, and a desk. A wider one has the same parts. */
const WIDTHS = [390, 1280];
const WIDEST = 2560;
const THEMES = ['light', 'dark'] as const;

/** Rules of axe about colours: all other rules have the same result in the other theme. */
const COLOUR_RULES = ['color-contrast', 'link-in-text-block'];

/** Some forty times axe, on a busy machine. */
const ALL_PAGES_MS = 600_000;

export function accessibilitySuite(world: () => ConsoleWorld): void {
  describe('every page', () => {
    it(
      'passes axe in both themes, narrow and wide, and never scrolls sideways',
      async () => {
        const { browser, system } = world();
        const { page, context, problems } = await openConsole(browser, system, {
          as: 'admin',
          at: '/settings',
        });
        // The link appears once the signed-in person is known.
        await page.getByRole('link', { name: 'Users' }).waitFor();
        const links = await page.getByRole('navigation', { name: 'Pages' }).getByRole('link').all();
        const addresses = await Promise.all(links.map(link => link.getAttribute('href')));
        expect(addresses.length).toBeGreaterThan(0);
        const { incidents } = await world().admin.data('{ incidents { items { id } } }');
        addresses.push('/changes?show=between', ...incidents.items.map(incidentAddress).slice(0, 1));
        const found: string[] = [];
        for (const address of addresses) {
          await page.goto(new URL(address!, system.endpoints.dashboard).href);
          await page.getByRole('heading', { level: 1 }).waitFor();
          await page.locator('.loading').first().waitFor({ state: 'detached' });
          await page.emulateMedia({ colorScheme: 'light' });
          for (const width of WIDTHS) {
            await page.setViewportSize({ width, height: 900 });
            found.push(...(await violationsOf(page, `${address} light ${width}`, 'light')));
          }
          await page.emulateMedia({ colorScheme: 'dark' });
          found.push(...(await violationsOf(page, `${address} dark`, 'dark')));
          await page.setViewportSize({ width: WIDEST, height: 900 });
          found.push(...(await sidewaysOf(page, `${address} ${WIDEST}`)));
        }
        expect(found).toEqual([]);
        expect(problems).toEqual([]);
        await context.close();
      },
      ALL_PAGES_MS,
    );

    it('of the sign-in passes axe as well', async () => {
      const { browser, system } = world();
      const context = await newContext(browser);
      const page = await context.newPage();
      await page.goto(system.endpoints.dashboard);
      await page.getByRole('button', { name: 'Sign in' }).waitFor();
      for (const theme of THEMES) {
        await page.emulateMedia({ colorScheme: theme });
        expect(await violationsOf(page, `sign-in ${theme}`, theme)).toEqual([]);
      }
      await context.close();
    });
  });
}

const incidentAddress = ({ id }: { id: string }) => `/incidents/${id}`;

async function violationsOf(page: Page, where: string, theme: (typeof THEMES)[number]): Promise<string[]> {
  const violations = await axeViolations(page, theme === THEMES[0] ? undefined : COLOUR_RULES);
  return [
    ...violations.flatMap(({ id, nodes }) =>
      nodes.map(({ html }) => `${where}: ${id}: ${html.slice(0, 160)}`),
    ),
    ...(await sidewaysOf(page, where)),
  ];
}

async function sidewaysOf(page: Page, where: string): Promise<string[]> {
  const sideways = await sidewaysScroll(page);
  return sideways > 0 ? [`${where}: scrolls sideways by ${sideways} pixels`] : [];
}
