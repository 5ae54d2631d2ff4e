import { describe, expect, it } from 'vitest';
import type { LiveFigure } from '../../../core/live/figure.ts';
import { pageOf } from '../../../core/live/figure-pages.ts';
import { policyFigures } from '../../support/policy-figures.ts';

const MOST = 20_000;

/** All pages, one after another. */
function pagesOf(
  items: readonly LiveFigure[],
  options: { limit: number; most_bytes?: number },
): LiveFigure[][] {
  const pages: LiveFigure[][] = [];
  for (let after: string | undefined; ; after = pages.at(-1)!.at(-1)!.id) {
    const page = pageOf(items, { ...options, after });
    if (page.length === 0) return pages;
    pages.push(page);
  }
}

describe('pages of figures', () => {
  it('contain 20,000 policies once each, and are never larger than an answer may be', () => {
    const items = policyFigures(MOST);
    const pages = pagesOf(items, { limit: MOST });
    expect(pages.flat()).toEqual(items);
    for (const page of pages) expect(Buffer.byteLength(JSON.stringify(page))).toBeLessThan(900_000);
    expect(pages.length).toBeLessThan(10);
  });

  it('contain at most the requested number of items', () => {
    const items = policyFigures(5);
    expect(pagesOf(items, { limit: 2 }).map(page => page.length)).toEqual([2, 2, 1]);
    expect(pagesOf(items, { limit: 5 }).map(page => page.length)).toEqual([5]);
  });

  it('contain a single item if it is larger than a page', () => {
    const items = policyFigures(3);
    expect(pagesOf(items, { limit: MOST, most_bytes: 10 }).map(page => page.length)).toEqual([1, 1, 1]);
  });

  it('begin after a given id, also if it no longer exists', () => {
    const [a, b, c] = policyFigures(3);
    expect(pageOf([a!, c!], { after: b!.id, limit: MOST })).toEqual([c]);
    expect(pageOf([a!], { after: c!.id, limit: MOST })).toEqual([]);
  });
});
