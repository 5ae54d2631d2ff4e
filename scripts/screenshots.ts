// `npm run screenshots`: pictures of every page of the console, in both themes, of the system that runs in .local (npm start).
import { mkdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { Page } from 'playwright-core';
import { startBrowser } from './browser/start-browser.ts';

interface Endpoints {
  dashboard: string;
  users: { email: string; password: string; groups: string[] }[];
}

const { values } = parseArgs({
  options: {
    system: { type: 'string', default: '.local' },
    out: { type: 'string', default: 'docs/images' },
    width: { type: 'string', multiple: true, default: ['1280'] },
  },
});
const endpoints = await readEndpoints(resolve(values.system, 'endpoints.json'));
const out = resolve(values.out);
await mkdir(out, { recursive: true });

const browser = await startBrowser();
const context = await browser.newContext({ locale: 'en-GB', timezoneId: 'UTC' });
const page = await context.newPage();
await signIn(page);
const links = await page.getByRole('navigation', { name: 'Pages' }).getByRole('link').all();
const addresses = await Promise.all(links.map(async link => (await link.getAttribute('href'))!));
for (const address of addresses) {
  await page.goto(new URL(address, endpoints.dashboard).href);
  await page.getByRole('heading', { level: 1 }).waitFor();
  await page.waitForLoadState('networkidle');
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    for (const width of values.width) await shoot(page, { address, colorScheme, width: Number(width) });
  }
}
await browser.close();

async function readEndpoints(file: string): Promise<Endpoints> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Endpoints;
  } catch (cause) {
    throw new Error(
      `No system runs (${file} can't be read): start it with npm start, and wait some minutes for history.`,
      {
        cause,
      },
    );
  }
}

async function signIn(page: Page): Promise<void> {
  const { email, password } = endpoints.users.find(({ groups }) => groups.includes('admin'))!;
  await page.goto(endpoints.dashboard);
  await page.getByLabel('E-mail address').fill(email);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('navigation', { name: 'Pages' }).waitFor();
}

async function shoot(
  page: Page,
  { address, colorScheme, width }: { address: string; colorScheme: string; width: number },
): Promise<void> {
  await page.setViewportSize({ width, height: width < 600 ? 844 : 900 });
  const name = address === '/' ? 'now' : address.slice(1).replaceAll('/', '-');
  const file = join(out, `${name}-${colorScheme}${width === 1280 ? '' : `-${width}`}.png`);
  await page.screenshot({ path: file });
  console.log(file);
}
