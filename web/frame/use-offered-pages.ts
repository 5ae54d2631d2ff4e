import { useMemo } from 'react';
import { useMay } from '../data/me.ts';
import { PAGES, type PageEntry } from '../pages/pages.ts';

/** The pages that show something to the person, in the order of the navigation. */
export function useOfferedPages(): readonly PageEntry[] {
  const may = useMay();
  const offered = PAGES.filter(({ needs }) => needs === undefined || may(needs));
  // The same list for as long as the same pages are offered.
  const key = offered.map(({ key }) => key).join('');
  return useMemo(() => PAGES.filter(page => key.includes(page.key)), [key]);
}
