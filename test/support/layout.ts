import type { Page } from 'playwright-core';

/**
 * Texts and controls that overlap in the open dialog or, without one, on the page. Runs in the
 * page.
 */
const OVERLAPS = `(() => {
  const root = [...document.querySelectorAll('[role=dialog]')].at(-1) ?? document.body;
  const UNSEEN = '.visually-hidden, .skip-link, [aria-hidden=true], svg, canvas, [role=alertdialog]';
  const clipped = (rect, element) => {
    let { left, right, top, bottom } = rect;
    for (let at = element; at && at !== document.documentElement; at = at.parentElement) {
      const { overflowX, overflowY } = getComputedStyle(at);
      const box = at.getBoundingClientRect();
      if (overflowX !== 'visible') [left, right] = [Math.max(left, box.left), Math.min(right, box.right)];
      if (overflowY !== 'visible') [top, bottom] = [Math.max(top, box.top), Math.min(bottom, box.bottom)];
    }
    return { left, right, top, bottom };
  };
  const drawn = [];
  const add = (element, rect, words) => {
    const box = clipped(rect, element);
    if (box.right - box.left > 1 && box.bottom - box.top > 1) drawn.push({ element, words, ...box });
  };
  const isSeen = element => !element.closest(UNSEEN) && element.checkVisibility({ visibilityProperty: true, opacityProperty: true });
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement;
    if (node.data.trim() === '' || !isSeen(element)) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    for (const rect of range.getClientRects()) add(element, rect, node.data.trim().slice(0, 40));
  }
  for (const element of root.querySelectorAll('button, input, textarea, [role=checkbox]')) {
    if (isSeen(element)) add(element, element.getBoundingClientRect(), '<' + element.tagName.toLowerCase() + '> ' + element.textContent.slice(0, 40));
  }
  const found = [];
  for (const [index, a] of drawn.entries()) {
    for (const b of drawn.slice(index + 1)) {
      if (a.element.contains(b.element) || b.element.contains(a.element)) continue;
      const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      if (across > 1 && down > 3) found.push(a.words + ' × ' + b.words);
    }
  }
  return found;
})()`;

/**
 * Pairs of overlapping texts and controls, such as `name × location`; none if everything is
 * readable.
 */
export function overlaps(page: Page): Promise<string[]> {
  return page.evaluate(OVERLAPS) as Promise<string[]>;
}
