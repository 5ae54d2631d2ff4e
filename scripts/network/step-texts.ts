import { count } from '../../core/count-words.ts';
import type { Change, FilePath, Site, SystemNetwork, SystemPath, SystemSite } from './network-model.ts';

export type StepTexts = ReturnType<typeof stepTexts>;

/** The texts of a plan's steps. */
export function stepTexts(system: SystemNetwork) {
  const names = new Map(system.sites.map(({ id, name }) => [id, name]));
  const siteName = (id: string | null): string | null => (id === null ? null : (names.get(id) ?? id));
  const end = ({ site_id, endpoint_id }: SystemPath['from']) => `${siteName(site_id)}/${endpoint_id}`;
  return {
    siteName,
    site: ({ name }: Pick<Site, 'name'>) => `site "${name}"`,
    policy: ({ name }: { name: string }) => `policy "${name}"`,
    endpoint: ({ name }: Pick<Site, 'name'>, id: string) => `endpoint "${name}/${id}"`,
    path: ({ from, to }: FilePath) =>
      `path "${from.site}/${from.endpoint_id} → ${to.site}/${to.endpoint_id}"`,
    systemPath: ({ from, to }: SystemPath) => `path "${end(from)} → ${end(to)}"`,
    /** The fields of a new item, without empty ones. */
    fields: (values: Record<string, unknown>) =>
      Object.entries(values)
        .filter(([, value]) => value !== null && value !== undefined)
        .map(([key, value]) => `${key}: ${JSON.stringify(value)}`),
    changes: (changes: readonly Change[]) =>
      changes.map(([key, before, after]) => `${key}: ${shown(before)} → ${shown(after)}`),
    alsoRemoves: (paths: readonly SystemPath[]) =>
      paths.length === 0 ? [] : [`also removes ${count(paths.length, 'path')}`],
    removedWithSite({ id, endpoints }: SystemSite, { paths }: SystemNetwork): string[] {
      const along = paths.filter(({ from, to }) => from.site_id === id || to.site_id === id);
      const peers = new Set(
        along.flatMap(({ from, to }) => [from.site_id, to.site_id]).filter(site => site !== id),
      );
      return [
        removedWithSiteText({ endpoints: endpoints.length, paths: along.length, peer_sites: peers.size }),
      ];
    },
  };
}

/** The dependent objects of a site's deletion. */
export function removedWithSiteText({
  endpoints,
  paths,
  peer_sites,
}: {
  endpoints: number;
  paths: number;
  peer_sites: number;
}): string {
  return `also removes ${count(endpoints, 'endpoint')} and ${count(paths, 'path')} to ${count(peer_sites, 'other site')}`;
}

function shown(value: unknown): string {
  return value === undefined || value === null ? 'none' : JSON.stringify(value);
}
