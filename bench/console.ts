import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
import { LOCAL_CREDENTIALS } from '../core/local-credentials.ts';
import { makeDocumentClient } from '../core/storage/document-client.ts';
import { type RunningSystem, startSystem } from '../local/system/system.ts';
import { startBrowser } from '../scripts/browser/start-browser.ts';
import { openConsole } from '../test/support/browser.ts';
import { type BenchRow, NO_PEER } from './bench-row.ts';
import { liveFigures, POLICIES } from './support/live-figures.ts';
import { median } from './support/measure.ts';
import { plainRows } from './support/plain-rows.ts';
import { putRingNetwork } from './support/ring-network.ts';

const LOADS = 7;
const UPDATES = 8;
const UPDATE_MS = 2000;
/** Turns of the mouse wheel for each update. */
const TURNS = 10;

/**
 * The console in the real browser against the real local system; live figures come from a script
 * that publishes 1,000 of them.
 */
export async function run(): Promise<BenchRow[]> {
  const folder = await mkdtemp(join(tmpdir(), 'patronus-bench-console-'));
  const [system, browser] = await Promise.all([
    startSystem({ localDirectory: folder, context: { query_budget: '100000' } }),
    startBrowser(),
  ]);
  try {
    const figures = await figuresOnScreen(browser, system);
    await putLargeNetwork(system);
    // The page whose requests are counted is idle between them.
    const [steady, others] = await Promise.all([
      steadyRequests(browser, system),
      firstViews(browser, system).then(async views => [...views, ...(await liveUpdates(browser, system))]),
    ]);
    return [figures, steady, ...others];
  } finally {
    await browser.close();
    await system.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function putLargeNetwork({ endpoints, tables }: RunningSystem): Promise<void> {
  const { region, dynamodb } = endpoints;
  const client = makeDocumentClient({ region, endpoint: dynamodb, credentials: LOCAL_CREDENTIALS });
  await putRingNetwork(
    client,
    { network: tables.get('network')!, traffic: tables.get('traffic')! },
    Date.now(),
  );
  client.destroy();
}

/** Long enough for busy machines. */
const LIMIT_MS = 120_000;

async function openPage(browser: Browser, system: RunningSystem, prepare?: (page: Page) => Promise<unknown>) {
  const person = await openConsole(browser, system, { as: 'viewer', ...(prepare && { prepare }) });
  person.context.setDefaultTimeout(LIMIT_MS);
  return person;
}

/**
 * Milliseconds from the start of the navigation until the page has the element. Waiting for an
 * expression would need `eval`, which the page's content policy forbids.
 */
async function untilThere(page: Page, selector: string): Promise<number> {
  await page.locator(selector).first().waitFor({ state: 'attached' });
  return page.evaluate(() => performance.now());
}

/** Replaces the code of Now: one query, with its text on the screen. */
const FLOOR_PAGE = `export const Page = () => null;
const token = Object.entries(localStorage).find(([name]) => name.endsWith('.accessToken'))[1];
fetch('/graphql', {
  method: 'POST',
  headers: { authorization: token, 'content-type': 'application/json' },
  body: JSON.stringify({ query: '{ trafficTotals { packets_exact bytes_exact } }' }),
})
  .then(answer => answer.text())
  .then(text => document.body.append(Object.assign(document.createElement('output'), { textContent: text })));`;

async function figuresOnScreen(browser: Browser, system: RunningSystem): Promise<BenchRow> {
  const { page, context } = await openPage(browser, system);
  const floor = await context.newPage();
  await floor.route('**/assets/now-page-*.js', route =>
    route.fulfill({ contentType: 'text/javascript', body: FLOOR_PAGE }),
  );
  const [now, bare]: [number[], number[]] = [[], []];
  for (let load = 0; load < LOADS; load++) {
    await page.goto(system.endpoints.dashboard);
    now.push(await untilThere(page, '.totals data'));
    await page.goto('about:blank');
    await floor.goto(system.endpoints.dashboard);
    bare.push(await untilThere(floor, 'output'));
    await floor.goto('about:blank');
  }
  await context.close();
  const [value, peer_value] = [median(now), median(bare)];
  const ratio = value / peer_value;
  return {
    name: 'console: figures of Now on the screen',
    value,
    unit: 'ms',
    peer: 'the same bundle with one query and its text',
    peer_value,
    ratio,
    threshold: 'ratio <= 2',
    ok: ratio <= 2,
    note: `median of ${LOADS} loads, from the navigation's begin`,
  };
}

const STEADY_MINUTES = 2;

/** Collects the names of the operations that a page sends. */
function operationsOf(page: Page): string[] {
  const asked: string[] = [];
  page.on('request', request => {
    const name = /query (\w+)/.exec(request.postData() ?? '')?.[1];
    if (name !== undefined) asked.push(name);
  });
  return asked;
}

async function steadyRequests(browser: Browser, system: RunningSystem): Promise<BenchRow> {
  const { page, context } = await openPage(browser, system);
  await page.locator('.totals data').first().waitFor();
  await page.locator('html[data-live=live]').waitFor({ state: 'attached' });
  await page.waitForLoadState('networkidle');
  const asked = operationsOf(page);
  await page.waitForTimeout(STEADY_MINUTES * 60_000);
  await context.close();
  return {
    name: 'console: requests of Now a minute',
    value: asked.length / STEADY_MINUTES,
    unit: 'requests',
    ...NO_PEER,
    threshold: '<= 1 request',
    ok: asked.length <= STEADY_MINUTES,
    note: `${asked.toSorted().join(', ')} in ${STEADY_MINUTES} minutes beside the subscriptions`,
  };
}

/**
 * The views of a network of 1,000 sites and 4,000 paths, and the element that shows that all of it
 * is loaded.
 */
const FIRST_VIEWS: { name: string; at: string; shown(page: Page): Locator }[] = [
  {
    name: 'Now',
    at: '/',
    shown: page => page.getByRole('region', { name: 'Paths' }).locator('.path-counts data'),
  },
  {
    name: 'the worst 200 paths',
    at: '/paths',
    shown: page => page.locator('[role=table][aria-label=Paths][aria-rowcount="201"]'),
  },
  {
    name: 'the matrix',
    at: '/paths?view=matrix',
    shown: page => page.locator('[role=table][aria-label="Pairs of sites"][aria-rowcount="4001"]'),
  },
];

async function firstViews(browser: Browser, system: RunningSystem): Promise<BenchRow[]> {
  const { page, context } = await openPage(browser, system);
  const asked = operationsOf(page);
  const rows: BenchRow[] = [];
  for (const { name, at, shown } of FIRST_VIEWS) {
    await page.goto('about:blank');
    await untilMinuteIsYoung(page);
    asked.length = 0;
    await page.goto(new URL(at, system.endpoints.dashboard).href);
    await shown(page).first().waitFor();
    await page.locator('html[data-live=live]').waitFor({ state: 'attached' });
    await page.waitForLoadState('networkidle');
    rows.push({
      name: `console: requests of the first view of ${name}`,
      value: asked.length,
      unit: 'requests',
      ...NO_PEER,
      threshold: '<= 3 requests',
      ok: asked.length <= 3,
      note: `${asked.toSorted().join(', ')}; 1,000 sites, 4,000 paths`,
    });
  }
  await context.close();
  return rows;
}

/** A new minute would query another range, so the first view must end before. */
async function untilMinuteIsYoung(page: Page): Promise<void> {
  const second = new Date().getSeconds();
  if (second > 30) await page.waitForTimeout((61 - second) * 1000);
}

async function liveUpdates(browser: Browser, system: RunningSystem): Promise<BenchRow[]> {
  const live = liveFigures();
  const { page, context } = await openPage(browser, system, live.serve);
  await page.getByRole('table', { name: 'Policies' }).getByRole('cell').first().waitFor();
  await live.listening;
  live.publish();
  await page.locator(`[role=table][aria-label=Policies][aria-rowcount="${POLICIES + 1}"]`).waitFor();
  const shown = await costOf(page, '[role=group][aria-label=Policies]', () => live.publish());
  const plain = await context.newPage();
  await plain.setContent('<div id="rows" style="height: 400px; overflow: auto"></div>');
  await plain.evaluate(plainRows(POLICIES, 2 * UPDATES));
  const bare = await costOf(plain, '#rows', update => plain.evaluate(`window.update(${update})`));
  await context.close();
  const ratio = shown.cpu_ms / bare.cpu_ms;
  return [
    {
      name: `console: an update of ${POLICIES} policies`,
      value: shown.cpu_ms,
      unit: 'ms CPU',
      peer: 'the same texts written into plain rows',
      peer_value: bare.cpu_ms,
      ratio,
      threshold: 'ratio <= 3',
      ok: ratio <= 3,
      note: `mean of ${UPDATES} updates, one each ${UPDATE_MS / 1000} s`,
    },
    {
      name: 'console: long tasks while scrolling through live figures',
      value: shown.longTasks,
      unit: 'tasks',
      peer: 'the same in plain rows',
      peer_value: bare.longTasks,
      ratio: null,
      threshold: '<= 2 tasks more',
      ok: shown.longTasks <= bare.longTasks + 2,
      note: `over 50 ms, in ${UPDATES} updates`,
    },
  ];
}

/** CPU time of the page for an update, and its long tasks while it is scrolled during updates. */
async function costOf(page: Page, scrolled: string, update: (number: number) => unknown) {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable');
  const busy = async (): Promise<number> => {
    const { metrics } = await session.send('Performance.getMetrics');
    return metrics.find(({ name }) => name === 'TaskDuration')!.value * 1000;
  };
  const before = await busy();
  for (let number = 0; number < UPDATES; number++) {
    await update(number);
    await page.waitForTimeout(UPDATE_MS);
  }
  const cpu_ms = ((await busy()) - before) / UPDATES;
  await page.evaluate(`window.longTasks = 0;
    new PerformanceObserver(list => { window.longTasks += list.getEntries().length; }).observe({ type: 'longtask' });`);
  await page.locator(scrolled).hover();
  for (let number = 0; number < UPDATES; number++) {
    await update(UPDATES + number);
    for (let turn = 0; turn < TURNS; turn++) {
      await page.mouse.wheel(0, 200);
      await page.waitForTimeout(UPDATE_MS / TURNS);
    }
  }
  return { cpu_ms, longTasks: (await page.evaluate('window.longTasks')) as number };
}
