import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import type { RunningSystem } from '../../local/system/system.ts';
import { userOf } from './no-group-user.ts';

export type Group = 'viewer' | 'operator' | 'admin';

/** The time limit of the browser: long enough for a busy machine. */
export const PATIENCE_MS = 90_000;

/** A page of a person in a browser context of their own. */
export interface Person {
  page: Page;
  context: BrowserContext;
  /** Refusals of the content policy, and uncaught errors. */
  problems: string[];
  /**
   * Ends the visit. The next test that opens the console for this group in the usual way reuses the
   * page: a page that has loaded it before needs half of the processor time of a new one.
   */
  leave(): Promise<void>;
}

export interface OpenOptions extends BrowserContextOptions {
  as: Group;
  at?: string;
  /**
   * Signs in with the form, for a separate session; otherwise all share one session for each group.
   */
  signIn?: boolean;
  /** Before anything is loaded, such as to route requests. */
  prepare?(page: Page): Promise<unknown>;
}

type Session = Awaited<ReturnType<BrowserContext['storageState']>>;

interface KnownGroup {
  session?: Session;
  /** People whose pages can be reused. */
  idle: Person[];
}

/** The known data of each group of each system. */
const groups = new WeakMap<RunningSystem, Record<Group, KnownGroup>>();

function groupOf(system: RunningSystem, group: Group): KnownGroup {
  const kept = groups.get(system) ?? { viewer: { idle: [] }, operator: { idle: [] }, admin: { idle: [] } };
  groups.set(system, kept);
  return kept[group];
}

/** A context without stored data, as the browser of another person. */
export async function newContext(
  browser: Browser,
  options: BrowserContextOptions = {},
): Promise<BrowserContext> {
  const context = await browser.newContext({ locale: 'en-GB', timezoneId: 'Europe/Berlin', ...options });
  context.setDefaultTimeout(PATIENCE_MS);
  return context;
}

/** Opens the console at an address, signed in. */
export async function openConsole(
  browser: Browser,
  system: RunningSystem,
  { as, at = '/', signIn = false, prepare, ...options }: OpenOptions,
): Promise<Person> {
  const group = groupOf(system, as);
  const address = new URL(at, system.endpoints.dashboard).href;
  const isUsual = !signIn && !prepare && Object.keys(options).length === 0;
  const known = isUsual ? group.idle.pop() : undefined;
  if (known) {
    await known.page.goto(address);
    await untilShown(known.page);
    return known;
  }
  const session = signIn ? undefined : group.session;
  const context = await newContext(browser, { ...(session && { storageState: session }), ...options });
  const page = await context.newPage();
  const problems = watchForProblems(page);
  await prepare?.(page);
  await page.goto(address);
  if (session) await untilShown(page);
  else await signInOn(page, system, as);
  if (!session && !signIn) group.session = await context.storageState();
  const person: Person = {
    ...{ page, context, problems },
    async leave() {
      if (!isUsual) return context.close();
      await page.evaluate(forgetAllButSession);
      // This page runs no code, and the browser keeps the process, because the origin is the same.
      await page.goto(new URL('/icon.svg', system.endpoints.dashboard).href);
      problems.length = 0;
      group.idle.push(person);
    },
  };
  return person;
}

/** Leaves the browser as it is just after a sign-in. Runs in the page. */
function forgetAllButSession(): void {
  sessionStorage.clear();
  for (const name of Object.keys(localStorage)) {
    if (!name.startsWith('CognitoIdentityServiceProvider.')) localStorage.removeItem(name);
  }
}

/** Fills in the sign-in on the page. */
export async function signInOn(
  page: Page,
  { endpoints }: RunningSystem,
  group: Group | 'none',
): Promise<void> {
  const { email, password } = userOf(endpoints, group);
  await page.getByLabel('E-mail address').fill(email);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await untilShown(page);
}

/** Waits until the page receives the changes of others. */
export async function hearsChanges(page: Page): Promise<void> {
  await page.locator('html[data-live=live]').waitFor({ state: 'attached' });
}

/** Loads the page again, until the frame has appeared and accepts keys. */
export async function reloadConsole(page: Page): Promise<void> {
  await page.reload();
  await untilShown(page);
}

/** Waits for the frame, which accepts keys as soon as it has appeared. */
async function untilShown(page: Page): Promise<void> {
  await page.getByRole('navigation', { name: 'Pages' }).waitFor();
}

/** Opens an address like a link, without loading the page again. */
export async function goWithin(page: Page, address: string): Promise<void> {
  await page.evaluate(`history.pushState({}, '', ${JSON.stringify(address)})`);
}

/** The same through a page without content, so that the content afterwards is from the new view. */
export async function goAfreshWithin(page: Page, address: string): Promise<void> {
  await goWithin(page, '/nowhere');
  await page.getByRole('heading', { name: 'Page not found' }).waitFor();
  await goWithin(page, address);
}

function watchForProblems(page: Page): string[] {
  const problems: string[] = [];
  page.on('pageerror', error => problems.push(`error: ${error.message}`));
  page.on('console', message => {
    const text = message.text();
    if (/Content Security Policy|TrustedHTML|TrustedScript|Trusted Type/i.test(text)) problems.push(text);
  });
  return problems;
}
