import type { Page } from 'playwright-core';
import { expect } from 'vitest';

/** The element with the focus. */
export interface Focused {
  /** Its name for assistive technology, approximately: its label, or its text. */
  name: string;
  tag: string;
  /** Whether an outline is drawn around it, or around its box. */
  outlined: boolean;
}

const FOCUSED = `(() => {
  const element = document.activeElement ?? document.body;
  const labels = element.labels ? [...element.labels].map(label => label.textContent) : [];
  const isOutlined = drawn => drawn.outlineStyle !== 'none' && parseFloat(drawn.outlineWidth) > 0;
  return {
    name: (element.getAttribute('aria-label') ?? labels[0] ?? element.textContent).trim(),
    tag: element.tagName.toLowerCase(),
    outlined: [element, element.parentElement].some(each => each && isOutlined(getComputedStyle(each))),
  };
})()`;

export function focused(page: Page): Promise<Focused> {
  return page.evaluate(FOCUSED) as Promise<Focused>;
}

/**
 * Presses Tab until an element of that name has the focus; every element on the way must be
 * outlined.
 */
export async function tabTo(page: Page, name: string | RegExp, { steps = 80 } = {}): Promise<void> {
  const passed: string[] = [];
  for (let step = 0; step < steps; step++) {
    await page.keyboard.press('Tab');
    const now = await focused(page);
    expect(now).toMatchObject({ outlined: true });
    if (typeof name === 'string' ? now.name === name : name.test(now.name)) return;
    passed.push(now.name.slice(0, 60));
  }
  throw new Error(`Tab never came to ${name}, only to: ${passed.join(' · ')}`);
}

/** Waits until an element other than the page itself has the focus. */
export async function focusIsKept(page: Page): Promise<void> {
  await expect.poll(async () => (await focused(page)).tag, { timeout: 60_000 }).not.toBe('body');
}
