import { useNavigate } from '@tanstack/react-router';
import { useLayoutEffect } from 'react';
import { PAGES } from '../pages/pages.ts';

/** How long after G the page's key is accepted. */
const CHORD_MS = 1500;

/** G and then a page's key opens it, as G N opens Now; not while something is typed. */
export function usePageKeys(): void {
  const navigate = useNavigate();
  useLayoutEffect(() => {
    let since = Number.NEGATIVE_INFINITY;
    const onKey = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      const page = PAGES.find(({ key }) => key === event.key);
      if (page && event.timeStamp - since < CHORD_MS) {
        event.preventDefault();
        void navigate({ href: page.paths[0] });
      }
      since = event.key === 'g' ? event.timeStamp : Number.NEGATIVE_INFINITY;
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, [navigate]);
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    target.closest('input, textarea, select, [contenteditable], [role=menu], [role=dialog]') !== null
  );
}
