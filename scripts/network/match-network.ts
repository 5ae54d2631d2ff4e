import { quoted } from '../../core/errors.ts';
import { type Matches, matchItems } from './match-items.ts';
import {
  type Endpoint,
  type FileEdge,
  type FileNetwork,
  type FilePath,
  type FilePolicy,
  type FileSite,
  isUuid,
  type Problem,
  type SystemNetwork,
  type SystemPath,
  type SystemSite,
} from './network-model.ts';

/** A site that a file names: one of the file (existing or new), or one that only the system has. */
export type SiteRef = { file: FileSite } | { id: string };

/** The items of a file, matched with a system. */
export interface MatchedNetwork {
  policies: Matches<FilePolicy, SystemNetwork['policies'][number]>;
  sites: Matches<FileSite, SystemSite>;
  /** By site of the file that the system has too. */
  endpoints: Map<FileSite, Matches<Endpoint, Endpoint>>;
  paths: Matches<FilePath, SystemPath>;
  edges: Matches<FileEdge, SystemNetwork['edges'][number]>;
  siteOf(name: string): SiteRef | undefined;
  /** The id in the system; undefined: the site is not created yet. */
  idOf(ref: SiteRef): string | undefined;
  /** Problems of the file. */
  problems: Problem[];
}

/** Matches a file with a system: by id, then by name, paths also by their ends. Pure. */
export function matchNetwork(file: FileNetwork, system: SystemNetwork): MatchedNetwork {
  const problems: Problem[] = [];
  const policies = matchNamed(file.policies, system.policies);
  const sites = matchNamed(file.sites, system.sites);
  problems.push(
    ...ambiguous(file.policies, system.policies, 'policies'),
    ...ambiguous(file.sites, system.sites, 'sites'),
  );
  const endpoints = new Map(
    [...sites.presentOf].map(([wanted, present]) => [
      wanted,
      matchItems(wanted.endpoints ?? [], wanted.endpoints ? present.endpoints : [], [byId]),
    ]),
  );
  const idOf = (ref: SiteRef): string | undefined =>
    'id' in ref ? ref.id : sites.presentOf.get(ref.file)?.id;
  const siteOf = siteFinder(file, system);

  const endKey = ({ site, endpoint_id }: FilePath['from']): string | undefined => {
    const ref = siteOf(site);
    const id = ref && idOf(ref);
    return id === undefined ? undefined : `${id}/${endpoint_id}`;
  };
  const ends = (a: string | undefined, b: string | undefined) => (a && b ? `${a} ${b}` : undefined);
  const pathEnds = ({ from, to }: SystemPath) =>
    `${from.site_id}/${from.endpoint_id} ${to.site_id}/${to.endpoint_id}`;
  const paths = matchItems(file.paths ?? [], file.paths ? system.paths : [], [
    byId,
    { wanted: ({ from, to }) => ends(endKey(from), endKey(to)), present: pathEnds },
    // A path is the same from both of its ends.
    { wanted: ({ from, to }) => ends(endKey(to), endKey(from)), present: pathEnds },
  ]);
  const edges = matchItems(file.edges ?? [], file.edges ? system.edges : [], [byId]);
  problems.push(...unknownEnds(file, system, siteOf), ...unknownSites(file, { siteOf, system }));
  return { policies, sites, endpoints, paths, edges, siteOf, idOf, problems };
}

const byId = {
  wanted: ({ id }: { id?: string | undefined }) => id,
  present: ({ id }: { id: string }) => id,
};

function matchNamed<
  Wanted extends { id?: string | undefined; name: string },
  Present extends { id: string; name: string },
>(wanted: readonly Wanted[] = [], present: readonly Present[] = []): Matches<Wanted, Present> {
  const name = (item: { name: string }) => item.name;
  return matchItems(wanted, present, [byId, { wanted: name, present: name }]);
}

/** A name without an id must match at most one item of the system. */
function ambiguous(
  wanted: readonly { id?: string | undefined; name: string }[] = [],
  present: readonly { name: string }[],
  section: string,
): Problem[] {
  const byName = Map.groupBy(present, ({ name }) => name);
  return wanted.flatMap(({ id, name }, index) => {
    const { length } = byName.get(name) ?? [];
    if (id !== undefined || length < 2) return [];
    const message = `${length} ${section} of the system are named ${quoted(name)}: give the id of the right one.`;
    return [{ path: [section, index, 'name'], message }];
  });
}

/** Finds a site by name or id: in the file if it has sites, otherwise in the system. */
function siteFinder({ sites }: FileNetwork, system: SystemNetwork): MatchedNetwork['siteOf'] {
  if (sites) {
    const find = finder(sites);
    return text => {
      const file = find(text);
      return file && { file };
    };
  }
  const find = finder(system.sites);
  return text => {
    const found = find(text);
    return found && { id: found.id };
  };
}

/** By id, otherwise by a unique name. */
function finder<Item extends { id?: string | undefined; name: string }>(items: readonly Item[]) {
  const byId = new Map(items.map(item => [item.id, item]));
  const byName = Map.groupBy(items, ({ name }) => name);
  return (text: string): Item | undefined => {
    const named = byName.get(text) ?? [];
    return byId.get(text.toLowerCase()) ?? (named.length === 1 ? named[0] : undefined);
  };
}

function unknownEnds(file: FileNetwork, system: SystemNetwork, siteOf: MatchedNetwork['siteOf']): Problem[] {
  const problems: Problem[] = [];
  for (const [index, path] of (file.paths ?? []).entries()) {
    for (const side of ['from', 'to'] as const) {
      const { site, endpoint_id } = path[side];
      const ref = siteOf(site);
      const endpoints =
        ref && ('file' in ref ? ref.file.endpoints : system.sites.find(({ id }) => id === ref.id)?.endpoints);
      if (!ref) problems.push({ path: ['paths', index, side], message: noSiteText(site, file) });
      else if (endpoints && !endpoints.some(({ id }) => id === endpoint_id)) {
        const message = `The site ${quoted(site)} has no endpoint ${quoted(endpoint_id)}.`;
        problems.push({ path: ['paths', index, side], message });
      }
    }
  }
  return problems;
}

/** An edge may refer by id to a site that was deleted. */
function unknownSites(
  file: FileNetwork,
  { siteOf, system }: Pick<MatchedNetwork, 'siteOf'> & { system: SystemNetwork },
): Problem[] {
  return (file.edges ?? []).flatMap((edge, index) => {
    if (siteOf(edge.site)) return [];
    const isGone = !system.sites.some(({ id }) => id === edge.site.toLowerCase());
    if (isUuid(edge.site) && isGone) return [];
    return [{ path: ['edges', index, 'site'], message: noSiteText(edge.site, file) }];
  });
}

function noSiteText(site: string, { sites }: FileNetwork): string {
  const named = (sites ?? []).filter(({ name }) => name === site).length;
  if (named > 1) return `${named} sites are named ${quoted(site)}: name the right one by its id.`;
  return sites
    ? `This file has no site ${quoted(site)}: name one of its sites by name or id.`
    : `The system has no site ${quoted(site)}, or several of that name: name one by its id.`;
}
