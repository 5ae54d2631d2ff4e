import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import { startBrowser } from '../browser/start-browser.ts';
import { PICTURES, type Picture } from './pictures.ts';

export interface TakingOptions {
  /** Address of the console. */
  console: string;
  user: { email: string; password: string };
  /** Folder of the files. */
  out: string;
  onProgress(text: string): void;
}

/** The size limit of a picture, so that a repository can keep every version. */
const LARGEST_BYTES = 150_000;
const QUALITY = 80;

/**
 * Long enough for a busy machine, and for a page that waits for the next minute's budget of
 * queries.
 */
const LIMIT_MS = 120_000;

/** Takes every picture as WebP. @throws Error for one that fails, or that is over 150 kB */
export async function takePictures({ console, user, out, onProgress }: TakingOptions): Promise<void> {
  await mkdir(out, { recursive: true });
  const browser = await startBrowser();
  try {
    const context = await browser.newContext({ locale: 'en-GB', timezoneId: 'UTC' });
    context.setDefaultTimeout(LIMIT_MS);
    const page = await context.newPage();
    for (const [number, picture] of PICTURES.entries()) {
      if (number === 1) await signIn(page, console, user);
      const file = join(out, `${picture.name}.webp`);
      const bytes = await take(context, page, picture, console);
      if (bytes.length > LARGEST_BYTES)
        throw new Error(`${file} would have ${bytes.length} bytes: over 150 kB.`);
      await writeFile(file, bytes);
      onProgress(`${file}: ${Math.round(bytes.length / 1000)} kB`);
    }
  } finally {
    await browser.close();
  }
}

async function signIn(
  page: Page,
  address: string,
  { email, password }: TakingOptions['user'],
): Promise<void> {
  await page.goto(address);
  await page.getByLabel('E-mail address').fill(email);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('navigation', { name: 'Pages' }).waitFor();
}

async function take(context: BrowserContext, page: Page, picture: Picture, address: string): Promise<Buffer> {
  await page.setViewportSize({ width: picture.width, height: picture.height });
  await page.emulateMedia({ colorScheme: picture.theme, reducedMotion: 'reduce' });
  await page.mouse.move(0, 0);
  await page.goto(new URL(picture.at, address).href);
  await picture.prepare(page);
  await page.locator('.loading').first().waitFor({ state: 'detached' });
  const session = await context.newCDPSession(page);
  const { data } = await session.send('Page.captureScreenshot', { format: 'webp', quality: QUALITY });
  await session.detach();
  return Buffer.from(data, 'base64');
}
