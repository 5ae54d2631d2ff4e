import { NotFound } from '../errors.ts';
import type { Path } from '../inventory/model/site.ts';
import { readPath } from '../inventory/paths/read-paths.ts';
import { readSiteNames } from '../inventory/sites/site-names.ts';
import type { Item } from '../storage/item.ts';
import type { StoreContext } from '../storage/store-context.ts';

/**
 * The target of an audit entry or an alarm, such as `path:<id>`, with its state if known.
 */
export interface Target {
  target: string | null;
  before?: unknown;
  after?: unknown;
}

type PathEnds = Pick<
  Path,
  'source_site_id' | 'source_endpoint_id' | 'destination_site_id' | 'destination_endpoint_id'
>;

/**
 * The name of each target, in their order: the name of a site, "Berlin wan1" of an endpoint,
 * "Berlin wan1 – Lisbon wan2" of a path, for others the name in their state. null: it has no name,
 * or was removed and no state has the name.
 */
export async function readTargetNames(
  context: StoreContext,
  targets: readonly Target[],
): Promise<(string | null)[]> {
  const pathIds = new Set(
    targets.flatMap(of => (kindOf(of).kind === 'path' && !endsOf(of) ? [kindOf(of).id] : [])),
  );
  const read = await Promise.all(
    Array.from(pathIds, async id => [id, await pathOrNone(context, id)] as const),
  );
  const paths = new Map(read);
  const pathOf = (of: Target): PathEnds | undefined => endsOf(of) ?? paths.get(kindOf(of).id);
  const sites = targets.flatMap(of => sitesOf(of, pathOf(of)));
  const names = sites.length === 0 ? new Map<string, string>() : await readSiteNames(context, sites);
  return targets.map(of => nameOf(of, pathOf(of), names));
}

function kindOf({ target }: Target): { kind: string; id: string } {
  const [kind = '', id = ''] = target?.split(/:(.*)/s) ?? [];
  return { kind, id };
}

const stateOf = ({ before, after }: Target) => (after ?? before ?? undefined) as Item | undefined;

/** The ends of a path in its entry; undefined: the entry has none. */
function endsOf(of: Target): PathEnds | undefined {
  const state = stateOf(of);
  return typeof state?.source_endpoint_id === 'string' ? (state as unknown as PathEnds) : undefined;
}

async function pathOrNone(context: StoreContext, id: string): Promise<Path | undefined> {
  try {
    return await readPath(context, id);
  } catch (cause) {
    if (cause instanceof NotFound) return undefined;
    throw cause;
  }
}

function sitesOf(of: Target, path: PathEnds | undefined): string[] {
  const { kind, id } = kindOf(of);
  if (kind === 'site') return [id];
  if (kind === 'endpoint') return [id.split('/')[0]!];
  return kind === 'path' && path ? [path.source_site_id, path.destination_site_id] : [];
}

function nameOf(of: Target, path: PathEnds | undefined, names: ReadonlyMap<string, string>): string | null {
  const { kind, id } = kindOf(of);
  if (kind === 'path') {
    if (!path) return null;
    const end = (site: string, endpoint: string) => `${names.get(site) ?? 'a deleted site'} ${endpoint}`;
    return `${end(path.source_site_id, path.source_endpoint_id)} – ${end(path.destination_site_id, path.destination_endpoint_id)}`;
  }
  if (kind === 'endpoint') {
    const [site = '', endpoint = ''] = id.split('/');
    return names.has(site) ? `${names.get(site)} ${endpoint}` : null;
  }
  if (kind === 'site' && names.has(id)) return names.get(id)!;
  return ownName(of.after) ?? ownName(of.before);
}

/** The name in a state. In the deletion of a site it is that of the site, not of its parts. */
function ownName(state: unknown): string | null {
  const { name, site } = (state ?? {}) as { name?: unknown; site?: { name?: unknown } };
  return [name, site?.name].find(each => typeof each === 'string') ?? null;
}
