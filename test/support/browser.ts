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

/** Sessions by group, of each system. */
const sessions = new WeakMap<RunningSystem, Map<Group, Session>>();

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
  const kept = sessions.get(system) ?? new Map<Group, Session>();
  sessions.set(system, kept);
  const session = signIn ? undefined : kept.get(as);
  const context = await newContext(browser, { ...(session && { storageState: session }), ...options });
  const page = await context.newPage();
  const problems = watchForProblems(page);
  await prepare?.(page);
  await page.goto(new URL(at, system.endpoints.dashboard).href);
  if (session) await untilShown(page);
  else await signInOn(page, system, as);
  if (!session && !signIn) kept.set(as, await context.storageState());
  return { page, context, problems };
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

function watchForProblems(page: Page): string[] {
  const problems: string[] = [];
  page.on('pageerror', error => problems.push(`error: ${error.message}`));
  page.on('console', message => {
    const text = message.text();
    if (/Content Security Policy|TrustedHTML|TrustedScript|Trusted Type/i.test(text)) problems.push(text);
  });
  return problems;
}
