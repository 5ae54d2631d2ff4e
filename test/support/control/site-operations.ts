import {
  type Choose,
  type ControlState,
  done,
  type Effect,
  hasEndpoint,
  type ModelPath,
  type ModelSite,
  type Plan,
  type Planner,
  refused,
  siteOf,
  touches,
} from './control-state.ts';

const MAX_SITES = 5;
const ADDRESSES = ['192.0.2.1', '192.0.2.2', 'wan.example.com'] as const;
const ENDPOINTS = ['wan1', 'wan2', 'wan3'] as const;
const NAMES = ['Berlin', 'Oslo', 'Lima'] as const;

/** Changes of sites, endpoints and paths. */
export const SITE_OPERATIONS = {
  createSite,
  updateSite,
  addEndpoint,
  updateEndpoint,
  removeEndpoint,
  createPath,
  deletePath,
  deleteSite,
  deleteSites,
  restoreSite,
} satisfies Record<string, Planner>;

function createSite(state: ControlState, choose: Choose): Plan | undefined {
  if (state.sites.length >= MAX_SITES) return undefined;
  const name = choose(NAMES)!;
  const effect: Effect = {
    operation: 'createSite',
    apply({ after }) {
      const { id } = after as { id: string };
      const site = { id, name, location: null, active: true, restored: false, endpoints: [] };
      state.sites.push(site);
    },
  };
  return { operation: 'createSite', args: { name }, outcome: 'done', effects: [effect] };
}

function updateSite(state: ControlState, choose: Choose): Plan | undefined {
  const site = choose(state.sites);
  if (!site) return undefined;
  const changes = choose([{ name: choose(NAMES)! }, { location: 'Elsewhere' }, { location: null }])!;
  const args = { site_id: site.id, ...changes };
  if (!site.active) return refused('updateSite', args, 'NotFound');
  const apply = () => void Object.assign(site, changes);
  return done('updateSite', args, { target: `site:${site.id}`, apply });
}

function addEndpoint(state: ControlState, choose: Choose): Plan | undefined {
  const site = choose(state.sites);
  if (!site) return undefined;
  const address = choose(ADDRESSES)!;
  const args = { site_id: site.id, address, interface_type: 'FIBER' };
  if (!site.active) return refused('addEndpoint', args, 'NotFound');
  if (site.endpoints.some(other => other.address === address))
    return refused('addEndpoint', args, 'Conflict');
  const id = firstFree(site);
  return done('addEndpoint', args, {
    target: `endpoint:${site.id}/${id}`,
    apply: () => void site.endpoints.push({ id, address }),
  });
}

function firstFree({ endpoints }: ModelSite): string {
  let number = 1;
  while (endpoints.some(({ id }) => id === `wan${number}`)) number++;
  return `wan${number}`;
}

function updateEndpoint(state: ControlState, choose: Choose): Plan | undefined {
  const site = choose(state.sites);
  if (!site) return undefined;
  const [endpoint_id, address] = [choose(ENDPOINTS)!, choose(ADDRESSES)!];
  const args = { site_id: site.id, endpoint_id, address };
  const endpoint = site.endpoints.find(({ id }) => id === endpoint_id);
  if (!site.active || !endpoint) return refused('updateEndpoint', args, 'NotFound');
  if (site.endpoints.some(other => other !== endpoint && other.address === address))
    return refused('updateEndpoint', args, 'Conflict');
  return done('updateEndpoint', args, {
    target: `endpoint:${site.id}/${endpoint_id}`,
    apply: () => void Object.assign(endpoint, { address }),
  });
}

function removeEndpoint(state: ControlState, choose: Choose): Plan | undefined {
  const site = choose(state.sites);
  if (!site) return undefined;
  const endpoint_id = choose(ENDPOINTS)!;
  const args = { site_id: site.id, endpoint_id };
  if (!site.active || !hasEndpoint(state, site.id, endpoint_id)) {
    return refused('removeEndpoint', args, 'NotFound');
  }
  return done('removeEndpoint', args, {
    target: `endpoint:${site.id}/${endpoint_id}`,
    apply() {
      site.endpoints = site.endpoints.filter(({ id }) => id !== endpoint_id);
      for (const path of inUse(state)) if (endsAt(path, site.id, endpoint_id)) path.place = 'gone';
    },
  });
}

function createPath(state: ControlState, choose: Choose): Plan | undefined {
  const [source, destination] = [choose(state.sites), choose(state.sites)];
  if (!source || !destination) return undefined;
  const ends = {
    source_site_id: source.id,
    source_endpoint_id: choose(ENDPOINTS)!,
    destination_site_id: destination.id,
    destination_endpoint_id: choose(ENDPOINTS)!,
    wg_interface: choose([null, 'wg0'])!,
  };
  const isThere =
    source.active &&
    destination.active &&
    hasEndpoint(state, source.id, ends.source_endpoint_id) &&
    hasEndpoint(state, destination.id, ends.destination_endpoint_id);
  if (source === destination) return refused('createPath', ends, 'ValidationError');
  if (!isThere) return refused('createPath', ends, 'NotFound');
  if (inUse(state).some(path => isSame(path, ends) || isSame(path, reversed(ends)))) {
    return refused('createPath', ends, 'Conflict');
  }
  return done('createPath', ends, {
    apply: ({ after }) =>
      void state.paths.push({ ...ends, id: (after as { id: string }).id, place: 'in use', withdrawn: false }),
  });
}

function deletePath(state: ControlState, choose: Choose): Plan | undefined {
  const path = choose(state.paths);
  if (!path) return undefined;
  const args = { path_id: path.id };
  if (path.place !== 'in use') return refused('deletePath', args, 'NotFound');
  const target = `path:${path.id}`;
  return done('deletePath', args, {
    target,
    apply() {
      path.place = 'gone';
    },
  });
}

function deleteSite(state: ControlState, choose: Choose): Plan | undefined {
  const site = choose(state.sites);
  if (!site) return undefined;
  const args = { site_id: site.id };
  // By the clock of one function it may have expired during the request.
  if (!site.active) return { ...refused('deleteSite', args, 'NotFound'), unless: 'Conflict' };
  return { operation: 'deleteSite', args, outcome: 'done', effects: [deletion(state, site)] };
}

function deleteSites(state: ControlState, choose: Choose): Plan | undefined {
  const sites = [...new Set([choose(state.sites), choose(state.sites)])].filter(site => site !== undefined);
  if (sites.length === 0) return undefined;
  const args = { site_ids: sites.map(({ id }) => id) };
  const effects = sites.filter(site => site.active).map(site => deletion(state, site));
  return { operation: 'deleteSites', args, outcome: 'done', effects };
}

function deletion(state: ControlState, site: ModelSite): Effect {
  return {
    operation: 'deleteSite',
    target: `site:${site.id}`,
    apply() {
      Object.assign(site, { active: false, restored: false });
      for (const path of inUse(state)) if (touches(path, site.id)) path.place = 'archive';
    },
  };
}

function restoreSite(state: ControlState, choose: Choose): Plan | undefined {
  const site = choose(state.sites);
  if (!site) return undefined;
  const args = { site_id: site.id };
  if (site.active && !site.restored) return refused('restoreSite', args, 'Conflict');
  // A finished restore is answered again, without a change.
  if (site.active)
    return { operation: 'restoreSite', args, outcome: 'done', unless: 'Conflict', effects: [] };
  return done('restoreSite', args, {
    target: `site:${site.id}`,
    apply() {
      Object.assign(site, { active: true, restored: true });
      for (const path of state.paths) {
        if (path.place === 'archive' && touches(path, site.id) && canBeInUse(state, path))
          path.place = 'in use';
      }
    },
  });
}

function canBeInUse(state: ControlState, path: ModelPath): boolean {
  const { source_site_id, source_endpoint_id, destination_site_id, destination_endpoint_id } = path;
  return (
    siteOf(state, source_site_id).active &&
    siteOf(state, destination_site_id).active &&
    hasEndpoint(state, source_site_id, source_endpoint_id) &&
    hasEndpoint(state, destination_site_id, destination_endpoint_id)
  );
}

const inUse = ({ paths }: ControlState) => paths.filter(({ place }) => place === 'in use');

function endsAt(path: ModelPath, siteId: string, endpointId: string): boolean {
  const { source_site_id, source_endpoint_id, destination_site_id, destination_endpoint_id } = path;
  return (
    (source_site_id === siteId && source_endpoint_id === endpointId) ||
    (destination_site_id === siteId && destination_endpoint_id === endpointId)
  );
}

type Ends = Omit<ModelPath, 'id' | 'place' | 'withdrawn'>;

const ENDS = [
  'source_site_id',
  'source_endpoint_id',
  'destination_site_id',
  'destination_endpoint_id',
  'wg_interface',
] as const;

const isSame = (one: Ends, other: Ends): boolean => ENDS.every(field => one[field] === other[field]);

const reversed = (ends: Ends): Ends => ({
  source_site_id: ends.destination_site_id,
  source_endpoint_id: ends.destination_endpoint_id,
  destination_site_id: ends.source_site_id,
  destination_endpoint_id: ends.source_endpoint_id,
  wg_interface: ends.wg_interface,
});
