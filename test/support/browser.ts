import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import type { RunningSystem } from '../../local/system/system.ts';
import { userOf } from './no-group-user.ts';

export type Group = 'viewer' | 'operator' | 'admin';

/** A page of a person in a browser context of their own. */
export interface Person {
  page: Page;
  context: BrowserContext;
  /** What the content policy refused, and errors that no code caught. */
  problems: string[];
}

export interface OpenOptions extends BrowserContextOptions {
  as: Group;
  at?: string;
  /** Before anything is loaded, such as to route requests. */
  prepare?(page: Page): Promise<unknown>;
}

/** Opens the console at an address and signs in. */
export async function openConsole(
  browser: Browser,
  system: RunningSystem,
  { as, at = '/', prepare, ...options }: OpenOptions,
): Promise<Person> {
  const context = await browser.newContext({ locale: 'en-GB', timezoneId: 'Europe/Berlin', ...options });
  const page = await context.newPage();
  const problems = watchForProblems(page);
  await prepare?.(page);
  await page.goto(new URL(at, system.endpoints.dashboard).href);
  await signInOn(page, system, as);
  return { page, context, problems };
}

/** Fills the sign-in that is on the page. */
export async function signInOn(
  page: Page,
  { endpoints }: RunningSystem,
  group: Group | 'none',
): Promise<void> {
  const { email, password } = userOf(endpoints, group);
  await page.getByLabel('E-mail address').fill(email);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('navigation', { name: 'Pages' }).waitFor();
}

/** Loads the page again, until the frame is there and takes keys. */
export async function reloadConsole(page: Page): Promise<void> {
  await page.reload();
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
