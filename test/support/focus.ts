import type { Page } from 'playwright-core';
import { expect } from 'vitest';

/** What has the focus. */
export interface Focused {
  /** As assistive technology says it, about: its label, or its text. */
  name: string;
  tag: string;
  /** Whether an outline is drawn around it, or around the box that it fills. */
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

/** Presses Tab until something of that name has the focus; what has it on the way is outlined. */
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

/** Waits until something has the focus that is no longer the page as a whole. */
export async function focusIsKept(page: Page): Promise<void> {
  await expect.poll(async () => (await focused(page)).tag, { timeout: 60_000 }).not.toBe('body');
}
