import { type Document, isMap, isScalar, isSeq, type Node, type YAMLMap, type YAMLSeq } from 'yaml';
import { type Entry, type FileContent, fileContent, pathEnds, siteNames } from './file-content.ts';
import { matchNetwork } from './match-network.ts';
import type { NetworkFile } from './network-file.ts';
import {
  DEFAULT_ROUTING,
  type FileEnd,
  isUuid,
  type SystemNetwork,
  type SystemPath,
} from './network-model.ts';
import { YAML_STYLE } from './write-network-file.ts';

/** The default values of keys. */
const DEFAULTS: Entry = {
  enabled: true,
  match: {},
  routing: {},
  location: null,
  public_key: null,
  cost_per_gb: 0,
  reachable: null,
  wg_interface: null,
  ...DEFAULT_ROUTING,
};

/**
 * Updates the text of a file from a system: changes values that differ, removes deleted items, and
 * appends new items to their sections. Keeps comments, order and the way of naming.
 * @throws NetworkFileError if the file is ambiguous
 */
export function updatedFileText({ network, document, errorOf }: NetworkFile, system: SystemNetwork): string {
  const matched = matchNetwork(network, system);
  // Items of the file may be missing in the system; only ambiguous names are errors.
  const doubtful = matched.problems.filter(({ path }) => path.at(-1) === 'name');
  if (doubtful.length > 0) throw errorOf(doubtful);
  const content = fileContent(system);
  const entryOf = entriesOf(system, content);
  const nameOf = siteNames(system);
  const endsOf = pathEnds(system);
  const updated = document.clone();

  const section = (name: keyof FileContent): YAMLSeq => {
    const found = updated.get(name, true);
    if (isSeq(found)) return found;
    const made = updated.createNode([]) as YAMLSeq;
    updated.set(name, made);
    return made;
  };
  const update = <Wanted, Present extends object>(
    name: 'policies' | 'sites' | 'paths' | 'edges',
    items: readonly Wanted[] | undefined,
    presentOf: ReadonlyMap<Wanted, Present>,
    left: readonly Present[],
    each: (entry: Entry, wanted: Wanted, present: Present, node: YAMLMap) => Entry = entry => entry,
  ): void => {
    if (!items) return;
    const seq = section(name);
    seq.items = seq.items.filter((node, index) => {
      const wanted = items[index]!;
      const present = presentOf.get(wanted);
      if (!present || !isMap(node)) return false;
      updateMap(updated, node, each({ ...entryOf.get(present)! }, wanted, present, node));
      return true;
    });
    for (const present of left) seq.items.push(updated.createNode(entryOf.get(present)!) as Node);
    seq.flow = seq.items.length === 0;
  };

  update('policies', network.policies, matched.policies.presentOf, matched.policies.left);
  if (network.default_routing) updateIn(updated, 'default_routing', content.default_routing);
  update(
    'sites',
    network.sites,
    matched.sites.presentOf,
    matched.sites.left,
    (entry, site, present, node) => {
      const { endpoints: _, ...rest } = entry;
      const seq = node.get('endpoints', true);
      if (!site.endpoints || !isSeq(seq)) return rest;
      const { presentOf, left } = matched.endpoints.get(site)!;
      const entries = new Map(
        present.endpoints.map((endpoint, index) => [endpoint, endpointsOf(entry)[index]!]),
      );
      seq.items = seq.items.filter((item, index) => {
        const endpoint = presentOf.get(site.endpoints![index]!);
        if (!endpoint || !isMap(item)) return false;
        updateMap(updated, item, entries.get(endpoint)!);
        return true;
      });
      for (const endpoint of left) seq.items.push(updated.createNode(entries.get(endpoint)!) as Node);
      seq.flow = seq.items.length === 0;
      return rest;
    },
  );
  update('paths', network.paths, matched.paths.presentOf, matched.paths.left, (entry, path, present) => {
    const [from, to] = endsOf(present);
    // A path that the file has in the reverse direction stays so.
    const isSame = isSamePlace(path.from, present.from, matched.siteOf, matched.idOf);
    const [first, second] = isSame ? [present.from, present.to] : [present.to, present.from];
    return {
      ...entry,
      from: nameAs(path.from, first, isSame ? from : to),
      to: nameAs(path.to, second, isSame ? to : from),
    };
  });
  update(
    'edges',
    network.edges,
    matched.edges.presentOf,
    matched.edges.left,
    (entry, edge, present, node) => ({
      ...entry,
      site: isUuid(edge.site) ? present.site_id : nameOf(present.site_id ?? ''),
      interval_s: node.has('interval_s') ? present.interval_s : undefined,
    }),
  );
  return updated.toString(YAML_STYLE);
}

const endpointsOf = (entry: Entry): Entry[] => entry.endpoints as Entry[];

/** The entry of each item of a system. */
function entriesOf(system: SystemNetwork, content: FileContent): Map<object, Entry> {
  return new Map<object, Entry>(
    (['policies', 'sites', 'paths', 'edges'] as const).flatMap(name =>
      (system[name] as object[]).map((item, index): [object, Entry] => [item, content[name][index]!]),
    ),
  );
}

function isSamePlace(
  end: FileEnd,
  place: SystemPath['from'],
  siteOf: ReturnType<typeof matchNetwork>['siteOf'],
  idOf: ReturnType<typeof matchNetwork>['idOf'],
): boolean {
  const ref = siteOf(end.site);
  return ref !== undefined && idOf(ref) === place.site_id && end.endpoint_id === place.endpoint_id;
}

/** An end, with the site named as before in the file: by id or by name. */
function nameAs({ site }: FileEnd, place: SystemPath['from'], byName: string): string {
  return isUuid(site) ? `${place.site_id}/${place.endpoint_id}` : byName;
}

function updateIn(document: Document, key: string, entry: Entry): void {
  const node = document.get(key, true);
  if (isMap(node)) updateMap(document, node, entry);
  else document.set(key, document.createNode(entry));
}

/**
 * Changes the values that differ. A key with the default value stays; a missing id is not added.
 */
function updateMap(document: Document, node: YAMLMap, entry: Entry): void {
  for (const [key, value] of Object.entries(entry)) {
    if (value === undefined || (!node.has(key) && (key === 'id' || value === DEFAULTS[key]))) continue;
    const found = node.get(key, true);
    if (isMap(found) && isEntry(value)) updateMap(document, found, value);
    else if (isScalar(found) && !isEntry(value)) {
      if (found.value !== value) found.value = value;
    } else node.set(key, document.createNode(value));
  }
  for (const { key } of [...node.items]) {
    const name = String(key);
    if (name in entry || name === 'endpoints' || name === 'id') continue;
    const found = node.get(name, true);
    const fallback = DEFAULTS[name];
    if (isMap(found) && isEntry(fallback)) updateMap(document, found, fallback);
    else if (fallback === undefined || !isScalar(found)) node.delete(name);
    else if (found.value !== fallback) {
      if (fallback === null) node.delete(name);
      else found.value = fallback;
    }
  }
}

function isEntry(value: unknown): value is Entry {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
