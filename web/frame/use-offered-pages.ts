import { useMemo } from 'react';
import { useMay } from '../data/me.ts';
import { PAGES, type PageEntry } from '../pages/pages.ts';

/** The pages that the person may see, in the order of the navigation. */
export function useOfferedPages(): readonly PageEntry[] {
  const may = useMay();
  const offered = PAGES.filter(({ needs }) => needs === undefined || may(needs));
  // The same list while the same pages are offered.
  const key = offered.map(({ key }) => key).join('');
  return useMemo(() => PAGES.filter(page => key.includes(page.key)), [key]);
}
