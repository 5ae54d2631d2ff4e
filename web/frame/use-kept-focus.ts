import { useEffect } from 'react';

/**
 * Containers that receive the focus when a focused element inside them is removed, nearest first.
 */
const AROUND = ['[role=dialog]', '.panel', 'main'];

/**
 * Keeps the focus on the page: if the focused element is removed, such as a button whose work is
 * done, its container receives the focus. So the next Tab continues nearby, and a screen reader
 * keeps its place.
 */
export function useKeptFocus(): void {
  useEffect(() => {
    let focused: Element | undefined;
    let around: HTMLElement[] = [];
    const onFocus = ({ target }: FocusEvent): void => {
      if (!(target instanceof HTMLElement) || target === document.body) return;
      focused = target;
      around = AROUND.flatMap(selector => target.closest<HTMLElement>(selector) ?? []);
    };
    const giveOn = (lost: readonly HTMLElement[]): void => {
      if (document.activeElement !== document.body) return;
      const next = lost.find(element => element.isConnected) ?? document.querySelector<HTMLElement>('main');
      next?.focus({ preventScroll: true });
    };
    const observer = new MutationObserver(() => {
      if (!focused || focused.isConnected) return;
      const lost = around;
      focused = undefined;
      // A dialog that closes returns the focus to the element that opened it, in the next frame.
      requestAnimationFrame(() => requestAnimationFrame(() => giveOn(lost)));
    });
    addEventListener('focusin', onFocus);
    observer.observe(document.body, { childList: true, subtree: true });
    return () => {
      removeEventListener('focusin', onFocus);
      observer.disconnect();
    };
  }, []);
}
