import { useLocation } from '@tanstack/react-router';
import { useMemo } from 'react';
import { graphql } from '../data/graphql.ts';
import { usePreferences } from '../data/me.ts';
import { useAnswer } from '../data/use-answer.ts';
import { useTheme } from '../parts/theme.ts';
import { useSession } from '../session/session-provider.tsx';
import { useOfferedPages } from './use-offered-pages.ts';

/** A result of the palette: a place to go, or an action. */
export type Command = { id: string; text: string; kind: string } & ({ to: string } | { run(): void });

const FIND = graphql(`
  query Find($text: String) {
    sites(search: $text, limit: 8) { items { id name } }
    policies(limit: 1000, defined_only: true) { items { id name } }
  }
`);

/** The number of sites and policies in the results is limited, so that the list stays readable. */
const FOUND_LIMIT = 8;

/** The results for a text, pages first. */
export function useCommands(text: string): Command[] {
  const pages = useOfferedPages();
  const { signOut } = useSession();
  const [, setTheme] = useTheme();
  const { pathname, searchStr } = useLocation();
  const wanted = text.trim().toLowerCase();
  const { data, isPlaceholderData } = useAnswer(FIND, { text: text.trim() || null }, { keepPrevious: true });
  const actions = useMemo<Command[]>(
    () => [
      ...pages.map(({ title, paths: [to] }) => ({ id: `page ${to}`, text: title, kind: 'Page', to })),
      { id: 'light', text: 'Light theme', kind: 'Action', run: () => setTheme('light') },
      { id: 'dark', text: 'Dark theme', kind: 'Action', run: () => setTheme('dark') },
      { id: 'system', text: 'System theme', kind: 'Action', run: () => setTheme('system') },
      { id: 'copy', text: 'Copy a link to this view', kind: 'Action', run: copyLink },
      {
        id: 'save',
        text: 'Save this view',
        kind: 'Action',
        to: `/settings?view=${encodeURIComponent(`${pathname}${searchStr}`)}`,
      },
      { id: 'sign-out', text: 'Sign out', kind: 'Action', run: signOut },
    ],
    [pages, setTheme, signOut, pathname, searchStr],
  );
  const views = usePreferences()?.saved_views ?? [];
  const has = (name: string): boolean => name.toLowerCase().includes(wanted);
  const found = data?.data.sites.items ?? [];
  // Until the answer to this text arrives, matching results of the previous text stay, so that a
  // key press chooses the result that is shown.
  const sites = isPlaceholderData ? found.filter(({ name }) => has(name)) : found;
  const policies = (data?.data.policies.items ?? []).filter(({ name }) => has(name)).slice(0, FOUND_LIMIT);
  return [
    ...actions.filter(command => has(command.text)),
    ...views
      .filter(({ name }) => has(name))
      .map(({ name, address }) => ({ id: `view ${name}`, text: name, kind: 'View', to: address })),
    ...sites.map(({ id, name }) => ({ id: `site ${id}`, text: name, kind: 'Site', to: `/sites/${id}` })),
    ...policies.map(({ id, name }) => ({
      id: `policy ${id}`,
      text: name,
      kind: 'Policy',
      to: `/?policy=${id}`,
    })),
  ];
}

function copyLink(): void {
  void navigator.clipboard.writeText(location.href);
}
