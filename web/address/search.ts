import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback } from 'react';

/** The search part of an address, after the `?`: plain text that a person can read and change. */
export type Search = Record<string, string>;

export function parseSearch(text: string): Search {
  return Object.fromEntries(new URLSearchParams(text));
}

/** Leaves out parts that are empty or undefined; colons and commas stay readable. */
export function stringifySearch(search: Record<string, unknown>): string {
  const given = Object.entries(search).filter(([, value]) => value !== undefined && value !== '');
  const text = new URLSearchParams(given as [string, string][]).toString();
  return text === '' ? '' : `?${text.replaceAll('%3A', ':').replaceAll('%2C', ',')}`;
}

export type SetSearch = (
  changes: Record<string, string | undefined>,
  options?: { replace?: boolean },
) => void;

/**
 * The view's state in its address, and how to change some of it: `undefined` removes a part.
 * `replace` changes the address without an entry in the browser's history, as for typing.
 */
export function useAddress(): [Search, SetSearch] {
  const search = useSearch({ strict: false }) as Search;
  const navigate = useNavigate();
  const set = useCallback<SetSearch>(
    (changes, { replace = false } = {}) => {
      void navigate({ to: '.', search: ((now: Search) => ({ ...now, ...changes })) as never, replace });
    },
    [navigate],
  );
  return [search, set];
}
