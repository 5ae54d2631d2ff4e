import { DEFAULT_POLICY_ID } from '../../core/policy/policy.ts';
import { type MatchedNetwork, matchNetwork, type SiteRef } from './match-network.ts';
import type { CallName } from './network-calls.ts';
import {
  type Change,
  DEFAULT_ROUTING,
  type Endpoint,
  type FileNetwork,
  type FilePath,
  type FileSite,
  type Problem,
  type Routing,
  type SystemNetwork,
  type SystemPath,
} from './network-model.ts';
import { stepTexts } from './step-texts.ts';

/** Ids in the system, of what a file names: those of new items are known once they are made. */
export type Ids = Map<object, string>;

/** One call of the API. */
export interface Call {
  name: CallName;
  arguments: (ids: Ids) => Record<string, unknown>;
  /** What the new item's id is kept for. */
  makes?: object;
}

/**
 * One step of a plan: what is made, changed or deleted, whole or not at all but for a replacement,
 * which has two calls.
 */
export interface Step {
  kind: 'create' | 'change' | 'replace' | 'delete';
  /** Such as `site "Berlin"`. */
  title: string;
  /** Each with what was before and what comes after, or what goes along. */
  details: string[];
  calls: Call[];
  /** The site whose deletion it is: the system can say what else goes along. */
  deletes_site?: string;
}

export interface Plan {
  steps: Step[];
  /** Of the system's ids, to begin with. */
  ids: Ids;
  /** What is wrong with the file where it is compared with this system; then there are no steps. */
  problems: Problem[];
}

/** Whether a step takes something away. */
export function isRemoval({ kind }: Step): boolean {
  return kind === 'delete' || kind === 'replace';
}

/**
 * What has to be done so that a system is as a file says: new sites, endpoints, paths, edges,
 * policies and routing first, deletions last. What a replacement takes along is made again behind
 * it. Pure: a plan that is made again after some of its steps holds the others.
 */
export function planNetwork(file: FileNetwork, system: SystemNetwork): Plan {
  const matched = matchNetwork(file, system);
  const ids: Ids = new Map();
  for (const [item, { id }] of [...matched.policies.presentOf, ...matched.sites.presentOf]) ids.set(item, id);
  if (matched.problems.length > 0) return { steps: [], ids, problems: matched.problems };
  const texts = stepTexts(system);
  const context = { file, system, matched, texts };
  const endpoints = endpointSteps(context);
  const steps = [
    ...siteSteps(context),
    ...endpoints.steps,
    ...pathSteps(context, endpoints.replaced),
    ...edgeSteps(context),
    ...policySteps(context),
    ...removals(context, endpoints),
  ];
  return { steps, ids, problems: [] };
}

interface Context {
  file: FileNetwork;
  system: SystemNetwork;
  matched: MatchedNetwork;
  texts: ReturnType<typeof stepTexts>;
}

/** The id of a site that is there or was made by an earlier step. */
const siteId = (ref: SiteRef, ids: Ids): string => ('id' in ref ? ref.id : ids.get(ref.file)!);

function siteSteps({ file, matched, texts }: Context): Step[] {
  return (file.sites ?? []).flatMap((site): Step[] => {
    const { name, location, public_key } = site;
    const title = texts.site(site);
    const present = matched.sites.presentOf.get(site);
    if (!present) {
      const call: Call = {
        name: 'createSite',
        arguments: () => ({ name, location, public_key }),
        makes: site,
      };
      return [{ kind: 'create', title, details: texts.said({ location, public_key }), calls: [call] }];
    }
    const changed = difference(present, { name, location, public_key });
    if (changed.length === 0) return [];
    const patch = Object.fromEntries(changed.map(([key, , after]) => [key, after]));
    const call: Call = { name: 'updateSite', arguments: () => ({ site_id: present.id, ...patch }) };
    return [{ kind: 'change', title: texts.site(present), details: texts.changes(changed), calls: [call] }];
  });
}

/**
 * Steps for the endpoints of each site, those that are removed for good, and the paths that go with
 * what is replaced.
 */
function endpointSteps({ file, system, matched, texts }: Context) {
  const steps: Step[] = [];
  const removals: Step[] = [];
  const replaced = new Set<SystemPath>();
  for (const site of file.sites ?? []) {
    const present = matched.sites.presentOf.get(site);
    const matches = matched.endpoints.get(site);
    const added: Step[] = [];
    const taken = new Set((site.endpoints ?? []).map(({ address }) => address));
    for (const endpoint of site.endpoints ?? []) {
      const title = texts.endpoint(site, endpoint.id);
      const before = matches?.presentOf.get(endpoint);
      const add = addCall(site, endpoint);
      if (!before) {
        added.push({ kind: 'create', title, details: texts.said(endpointFields(endpoint)), calls: [add] });
        continue;
      }
      const changed = difference(before, endpointFields(endpoint));
      if (changed.length === 0) continue;
      const along = pathsAt(system, present!.id, endpoint.id);
      for (const path of along) replaced.add(path);
      const details = [...texts.changes(changed), ...texts.goesAlong(along)];
      steps.push({ kind: 'replace', title, details, calls: [removeCall(present!.id, endpoint.id), add] });
    }
    for (const { id, address } of matches?.left ?? []) {
      const along = pathsAt(system, present!.id, id).filter(path => !replaced.has(path));
      const title = texts.endpoint(present!, id);
      const step: Step = {
        kind: 'delete',
        title,
        details: texts.goesAlong(along),
        calls: [removeCall(present!.id, id)],
      };
      // Its address is another one's from now on: it goes first.
      if (taken.has(address)) {
        for (const path of along) replaced.add(path);
        steps.push(step);
      } else removals.push(step);
    }
    steps.push(...added);
  }
  return { steps, removals, replaced };
}

const endpointFields = ({ address, interface_type, cost_per_gb, reachable }: Endpoint) => ({
  address,
  interface_type,
  cost_per_gb,
  ...(reachable !== undefined && { reachable }),
});

function addCall(site: FileSite, endpoint: Endpoint): Call {
  const fields = { endpoint_id: endpoint.id, ...endpointFields(endpoint) };
  return { name: 'addEndpoint', arguments: ids => ({ site_id: ids.get(site)!, ...fields }) };
}

function removeCall(site_id: string, endpoint_id: string): Call {
  return { name: 'removeEndpoint', arguments: () => ({ site_id, endpoint_id }) };
}

function pathsAt({ paths }: SystemNetwork, site_id: string, endpoint_id: string): SystemPath[] {
  return paths.filter(({ from, to }) =>
    [from, to].some(end => end.site_id === site_id && end.endpoint_id === endpoint_id),
  );
}

/**
 * Paths that went with a replaced endpoint are made again, also where the file says nothing of
 * paths.
 */
function pathSteps(context: Context, replaced: ReadonlySet<SystemPath>): Step[] {
  const { file, matched, texts } = context;
  if (!file.paths) {
    const goes = goesAnyway(context);
    return [...replaced]
      .filter(path => !goes(path))
      .map(path => ({
        kind: 'create',
        title: texts.systemPath(path),
        details: texts.said({ wg_interface: path.wg_interface }),
        calls: [
          {
            name: 'createPath',
            arguments: () => ({
              source_site_id: path.from.site_id,
              source_endpoint_id: path.from.endpoint_id,
              destination_site_id: path.to.site_id,
              destination_endpoint_id: path.to.endpoint_id,
              wg_interface: path.wg_interface,
            }),
          },
        ],
      }));
  }
  return file.paths.flatMap((path): Step[] => {
    const present = matched.paths.presentOf.get(path);
    const create = createPathCall(path, matched);
    const title = texts.path(path);
    const details = texts.said({ wg_interface: path.wg_interface });
    if (!present || replaced.has(present)) return [{ kind: 'create', title, details, calls: [create] }];
    const changed = difference(present, { wg_interface: path.wg_interface });
    if (changed.length === 0) return [];
    const remove: Call = { name: 'deletePath', arguments: () => ({ path_id: present.id }) };
    return [{ kind: 'replace', title, details: texts.changes(changed), calls: [remove, create] }];
  });
}

function createPathCall({ from, to, wg_interface }: FilePath, { siteOf }: MatchedNetwork): Call {
  const [source, destination] = [siteOf(from.site)!, siteOf(to.site)!];
  return {
    name: 'createPath',
    arguments: ids => ({
      source_site_id: siteId(source, ids),
      source_endpoint_id: from.endpoint_id,
      destination_site_id: siteId(destination, ids),
      destination_endpoint_id: to.endpoint_id,
      wg_interface,
    }),
  };
}

function edgeSteps({ file, matched, texts }: Context): Step[] {
  return (file.edges ?? []).flatMap((edge): Step[] => {
    const { id, interval_s } = edge;
    const title = `edge "${id}"`;
    // A site that is gone is named by its id.
    const ref: SiteRef = matched.siteOf(edge.site) ?? { id: edge.site.toLowerCase() };
    const register: Call = {
      name: 'registerEdge',
      arguments: ids => ({ id, site_id: siteId(ref, ids), ...(interval_s !== undefined && { interval_s }) }),
    };
    const present = matched.edges.presentOf.get(edge);
    const after = { site: edge.site, ...(interval_s !== undefined && { interval_s }) };
    if (!present) return [{ kind: 'create', title, details: texts.said(after), calls: [register] }];
    const isMoved = matched.idOf(ref) !== present.site_id;
    const changed = [
      ...(isMoved ? [['site', texts.siteName(present.site_id), edge.site] as Change] : []),
      ...(interval_s === undefined ? [] : difference(present, { interval_s })),
    ];
    if (changed.length === 0) return [];
    return [{ kind: 'change', title, details: texts.changes(changed), calls: [register] }];
  });
}

function policySteps({ file, system, matched, texts }: Context): Step[] {
  const steps = (file.policies ?? []).flatMap((policy): Step[] => {
    const { name, priority, enabled, match } = policy;
    const fields = { name, priority, enabled, match };
    const present = matched.policies.presentOf.get(policy);
    const title = texts.policy(present ?? policy);
    const routing = routingStep(title, {
      before: present?.routing ?? DEFAULT_ROUTING,
      after: policy.routing,
      idOf: ids => ids.get(policy)!,
      texts,
    });
    if (!present) {
      const call: Call = { name: 'createPolicy', arguments: () => fields, makes: policy };
      const details = texts.said({ priority, enabled, match });
      return [{ kind: 'create', title, details, calls: [call] }, ...routing];
    }
    const changed = difference(present, fields);
    if (changed.length === 0) return routing;
    const patch = Object.fromEntries(changed.map(([key, , after]) => [key, after]));
    const call: Call = { name: 'updatePolicy', arguments: () => ({ id: present.id, ...patch }) };
    return [{ kind: 'change', title, details: texts.changes(changed), calls: [call] }, ...routing];
  });
  if (!file.default_routing) return steps;
  const ofDefault = routingStep(`policy "${DEFAULT_POLICY_ID}"`, {
    before: system.default_routing,
    after: file.default_routing,
    idOf: () => DEFAULT_POLICY_ID,
    texts,
  });
  return [...steps, ...ofDefault];
}

function routingStep(
  policy: string,
  {
    before,
    after,
    idOf,
    texts,
  }: { before: Routing; after: Routing; idOf: (ids: Ids) => string; texts: Context['texts'] },
): Step[] {
  const changed = difference({ ...before }, { ...after });
  if (changed.length === 0) return [];
  const { weights, ...rest } = after;
  const call: Call = {
    name: 'setPolicyRouting',
    arguments: ids => ({ policy_id: idOf(ids), ...rest, ...(weights && { weights }) }),
  };
  return [{ kind: 'change', title: `routing of ${policy}`, details: texts.changes(changed), calls: [call] }];
}

/** Whether a path goes with a site or an endpoint that the file doesn't have. */
function goesAnyway({ file, matched }: Context): (path: SystemPath) => boolean {
  const sites = new Set(file.sites ? matched.sites.left.map(({ id }) => id) : []);
  const ends = new Set<string>();
  for (const [site, { left }] of matched.endpoints) {
    for (const { id } of left) ends.add(`${matched.sites.presentOf.get(site)!.id}/${id}`);
  }
  return ({ from, to }) =>
    [from, to].some(
      ({ site_id, endpoint_id }) => sites.has(site_id) || ends.has(`${site_id}/${endpoint_id}`),
    );
}

/**
 * Paths, endpoints, edges, policies and sites that the file doesn't have, without what goes with
 * another one of them.
 */
function removals(
  context: Context,
  { removals: endpoints, replaced }: Pick<ReturnType<typeof endpointSteps>, 'removals' | 'replaced'>,
): Step[] {
  const { file, system, matched, texts } = context;
  const goes = goesAnyway(context);
  const remove = (title: string, details: string[], call: Call): Step => ({
    kind: 'delete',
    title,
    details,
    calls: [call],
  });
  const stays = ['What it has counted stays.'];
  return [
    ...matched.paths.left
      .filter(path => !goes(path) && !replaced.has(path))
      .map(path =>
        remove(texts.systemPath(path), [], { name: 'deletePath', arguments: () => ({ path_id: path.id }) }),
      ),
    ...endpoints,
    ...matched.edges.left.map(({ id }) =>
      remove(`edge "${id}"`, stays, { name: 'retireEdge', arguments: () => ({ id }) }),
    ),
    ...(file.policies ? matched.policies.left : []).map(policy =>
      remove(texts.policy(policy), stays, {
        name: 'deletePolicy',
        arguments: () => ({ id: policy.id }),
      }),
    ),
    ...(file.sites ? matched.sites.left : []).map(site => ({
      ...remove(texts.site(site), texts.goesWithSite(site, system), {
        name: 'deleteSite',
        arguments: () => ({ site_id: site.id }),
      }),
      deletes_site: site.id,
    })),
  ];
}

function difference<After extends object>(before: Record<string, unknown> | object, after: After): Change[] {
  const had = before as Record<string, unknown>;
  return Object.entries(after).flatMap(([key, value]): Change[] =>
    sameValue(had[key], value) ? [] : [[key, had[key], value]],
  );
}

/** Keys in any order. */
function sameValue(a: unknown, b: unknown): boolean {
  return JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));
}

function sorted(value: unknown): unknown {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value ?? null;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, each]) => each !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}
