import { useQuery } from '@tanstack/react-query';
import type { Named, Names } from '../../address/filter/language.ts';
import { ask } from '../../data/ask.ts';
import { FLOW_NAMES, SITE_NAMES } from './operations.ts';

/** The largest number of site names to load; further sites of a larger network appear as ids. */
const MAX_SITES = 2000;

export interface KnownNames {
  /** Undefined while they are loading. */
  names: Names | undefined;
  error: Error | null;
  retry(): void;
}

/** The names of objects in filters and tables. */
export function useNames(): KnownNames {
  const { data, error, refetch } = useQuery({
    queryKey: ['FlowNames'],
    queryFn: ({ signal }) => readNames(signal),
    meta: { changedBy: ['SITE', 'POLICY', 'EDGE_REGISTERED', 'GROUP', 'CHANGE_UNDONE'] },
  });
  return { names: data, error, retry: () => void refetch() };
}

async function readNames(signal: AbortSignal): Promise<Names> {
  const [site, { data }] = await Promise.all([readSiteNames(signal), ask(FLOW_NAMES, {}, { signal })]);
  const { policies, edges, namedGroups } = data;
  const groups = (kind: 'NETWORKS' | 'PORTS') =>
    namedGroups.filter(group => group.kind === kind).map(({ name }) => ({ id: name, name }));
  return {
    site,
    policy: policies.items,
    edge: edges.items.map(({ id }) => ({ id, name: id })),
    networks: groups('NETWORKS'),
    ports: groups('PORTS'),
  };
}

async function readSiteNames(signal: AbortSignal): Promise<Named[]> {
  const sites: Named[] = [];
  let next_token: string | null = null;
  do {
    const { data }: Awaited<ReturnType<typeof askSites>> = await askSites(next_token, signal);
    sites.push(...data.sites.items);
    next_token = data.sites.next_token;
  } while (next_token !== null && sites.length < MAX_SITES);
  return sites;
}

function askSites(next_token: string | null, signal: AbortSignal) {
  return ask(SITE_NAMES, { next_token }, { signal });
}

/** The name of an object; its id if it has no name. */
export function nameOf(names: Names | undefined, kind: 'site' | 'policy', id: string): string {
  return names?.[kind]?.find(thing => thing.id === id)?.name ?? id;
}
