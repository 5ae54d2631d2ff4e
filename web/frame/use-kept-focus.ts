import { useEffect } from 'react';

/** What takes the focus of an element in it that is gone, the nearest first. */
const AROUND = ['[role=dialog]', '.panel', 'main'];

/**
 * Keeps the focus on the page: where the element that has it goes away, such as a button whose work
 * is done, what was around it gets it. So the next Tab goes on nearby, and a screen reader stays
 * where it was.
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
      // A dialog that closes gives the focus back to what opened it, in the next frame.
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
