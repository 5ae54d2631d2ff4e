import { setTimeout as delay } from 'node:timers/promises';
import type { Page } from 'playwright-core';

export interface Picture {
  /** Of the file, without its ending. */
  name: string;
  /** Address in the console. */
  at: string;
  theme: 'light' | 'dark';
  width: number;
  height: number;
  /** Prepares the page for the picture, and waits until it is ready. */
  prepare(page: Page): Promise<void>;
}

const DESKTOP = { width: 1280, height: 860 };
const PHONE = { width: 390, height: 844 };

/** The pictures of the documentation, in its order. */
export const PICTURES: readonly Picture[] = [
  // The first one is taken before anybody signs in.
  { name: 'sign-in', at: '/', theme: 'light', ...DESKTOP, prepare: signInForm },
  { name: 'now', at: '/?range=15m', theme: 'light', ...DESKTOP, prepare: nowIsFilled },
  { name: 'now-dark', at: '/?range=15m', theme: 'dark', ...DESKTOP, prepare: readOut },
  { name: 'now-phone', at: '/?range=15m', theme: 'light', ...PHONE, prepare: nowIsFilled },
  { name: 'paths', at: '/paths', theme: 'light', ...DESKTOP, prepare: page => cellsOf(page, 'Paths') },
  { name: 'path', at: '/paths?range=15m', theme: 'dark', ...DESKTOP, prepare: worstPath },
  {
    name: 'site-by-site',
    at: '/paths?view=matrix',
    theme: 'light',
    ...DESKTOP,
    prepare: page => cellsOf(page, 'Pairs of sites'),
  },
  { name: 'neighbourhood', at: '/paths?view=matrix', theme: 'dark', ...DESKTOP, prepare: neighbourhood },
  { name: 'sites', at: '/sites', theme: 'light', ...DESKTOP, prepare: page => cellsOf(page, 'Sites') },
  { name: 'site', at: '/sites', theme: 'dark', ...DESKTOP, prepare: oneSite },
  {
    name: 'map',
    at: '/sites?view=map',
    theme: 'light',
    ...DESKTOP,
    prepare: page => cellsOf(page, 'Sites on the map'),
  },
  {
    name: 'traffic',
    at: '/traffic?range=15m',
    theme: 'light',
    ...DESKTOP,
    prepare: trafficOverTime,
  },
  {
    name: 'ways',
    at: '/traffic?range=15m&view=ways',
    theme: 'dark',
    ...DESKTOP,
    prepare: page => cellsOf(page, 'Breakdown of traffic'),
  },
  { name: 'flows', at: '/flows', theme: 'light', ...DESKTOP, prepare: page => cellsOf(page, 'Flows') },
  { name: 'alarms', at: '/alarms', theme: 'dark', ...DESKTOP, prepare: openAlarms },
  { name: 'cost', at: '/cost?range=15m', theme: 'light', ...DESKTOP, prepare: page => cellsOf(page, 'Cost') },
  { name: 'users', at: '/users', theme: 'light', ...DESKTOP, prepare: page => cellsOf(page, 'Users') },
  { name: 'changes', at: '/changes', theme: 'light', ...DESKTOP, prepare: changes },
  {
    name: 'policies',
    at: '/policies',
    theme: 'light',
    ...DESKTOP,
    prepare: policies,
  },
  { name: 'policy', at: '/policies', theme: 'dark', ...DESKTOP, prepare: onePolicy },
  { name: 'export', at: '/exports?new=STATS&range=24h', theme: 'dark', ...DESKTOP, prepare: exportForm },
  { name: 'caches', at: '/caches', theme: 'light', ...DESKTOP, prepare: page => cellsOf(page, 'Caches') },
  { name: 'settings', at: '/settings', theme: 'light', ...DESKTOP, prepare: settings },
  { name: 'find', at: '/', theme: 'dark', ...DESKTOP, prepare: palette },
];

async function cellsOf(page: Page, table: string): Promise<void> {
  await page.getByRole('table', { name: table, exact: true }).getByRole('cell').first().waitFor();
}

async function nowIsFilled(page: Page): Promise<void> {
  await cellsOf(page, 'Policies');
  await page.getByRole('region', { name: 'Last changes' }).getByRole('listitem').first().waitFor();
  await page.locator('.chart canvas').waitFor();
}

/** The exact figures of an interval, which the pointer shows. */
async function readOut(page: Page): Promise<void> {
  await nowIsFilled(page);
  const tooltip = page.locator('.chart-tooltip');
  // The end of the range has no data yet.
  for (let from_end = 24; !(await tooltip.isVisible()); from_end += 24) {
    const { x, y, width, height } = (await page.locator('.chart .u-over').boundingBox())!;
    if (from_end > width) throw new Error('Nothing is known anywhere on the chart.');
    await page.mouse.move(x + width - from_end, y + height / 2);
    await delay(200);
  }
}

async function worstPath(page: Page): Promise<void> {
  await cellsOf(page, 'Paths');
  await page.getByRole('table', { name: 'Paths' }).getByRole('button').first().click();
  const panel = page.getByRole('dialog');
  await panel
    .getByText(/uses (this|another) path/)
    .first()
    .waitFor();
  await panel.locator('.chart canvas').waitFor();
}

async function neighbourhood(page: Page): Promise<void> {
  await cellsOf(page, 'Pairs of sites');
  await page
    .getByRole('table', { name: 'Pairs of sites' })
    .getByRole('button', { name: /headquarters/ })
    .first()
    .click();
  await cellsOf(page, 'Neighbours');
}

async function oneSite(page: Page): Promise<void> {
  await page.getByRole('table', { name: 'Sites' }).getByRole('link').first().click();
  await cellsOf(page, 'Paths');
}

async function changes(page: Page): Promise<void> {
  await page.getByRole('list', { name: 'Timeline' }).getByRole('listitem').first().waitFor();
}

async function trafficOverTime(page: Page): Promise<void> {
  await cellsOf(page, 'Traffic by policy');
  await page.getByRole('button', { name: 'Verify totals' }).waitFor();
  await page.locator('.chart canvas').waitFor();
}

async function openAlarms(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Acknowledge' }).first().waitFor();
}

async function policies(page: Page): Promise<void> {
  await cellsOf(page, 'Policies');
  await page.locator('.sparkline').first().waitFor();
}

/** A draft with its impact. */
async function onePolicy(page: Page): Promise<void> {
  await cellsOf(page, 'Policies');
  const table = page.getByRole('table', { name: 'Policies' });
  await table
    .getByRole('button', { name: /^Change / })
    .last()
    .click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Priority').fill('1');
  await dialog.getByText('Traffic that would move').waitFor();
}

async function palette(page: Page): Promise<void> {
  await nowIsFilled(page);
  await page.keyboard.press('Control+k');
  await page.getByRole('searchbox', { name: /^Find/ }).fill('ber');
  await page.getByRole('menuitem', { name: /Berlin/ }).waitFor();
}

async function exportForm(page: Page): Promise<void> {
  await page.getByRole('dialog', { name: 'New export' }).getByLabel('Grouped by').waitFor();
}

async function signInForm(page: Page): Promise<void> {
  await page.getByLabel('Password').waitFor();
}

async function settings(page: Page): Promise<void> {
  await page.getByLabel('Time zone').waitFor();
}
