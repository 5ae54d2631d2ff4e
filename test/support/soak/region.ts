import type { SimulatedEdge } from '../../../edge/simulation/simulated-edge.ts';
import { DEMO_POLICIES } from '../../../local/demo/demo-policies.ts';
import { chooser } from '../control/chooser.ts';
import { type ControlState, done, emptyState, type Plan } from '../control/control-state.ts';
import { OPERATIONS } from '../control/operations.ts';
import type { Person } from './person.ts';

const LINES = ['wan1', 'wan2'] as const;

export interface RegionShape {
  /** The number of this one, from 0 on. */
  number: number;
  regions: number;
  /** The model creates more, up to five. */
  sites: number;
  /** Of this region. */
  edges: readonly string[];
}

/** The regions of a soak, one for each person. */
export function regionsOf({
  edges,
  people,
  sites,
}: Record<'edges' | 'people' | 'sites', number>): RegionShape[] {
  return Array.from({ length: people }, (_, number) => ({
    number,
    sites,
    regions: people,
    edges: Array.from({ length: edges }, (_, edge) => `edge-${edge + 1}`).filter(
      (_, edge) => edge % people === number,
    ),
  }));
}

/** The state of a person who owns only edges that are not registered. */
export const emptyRegion = ({ edges }: RegionShape): ControlState => emptyState(edges);

/**
 * Creates a person's objects: sites that are all connected with each other over two lines,
 * policies, and edges.
 * @returns the edges
 */
export async function makeRegion(person: Person, shape: RegionShape): Promise<SimulatedEdge[]> {
  const { state } = person;
  const { sites } = shape;
  const make = (plan: Plan) => person.change(plan, { step: 'beginning', token: `begin-${shape.number}` });
  for (let site = 0; site < sites; site++) await make(OPERATIONS.createSite(state, chooser([site]))!);
  for (const [site, { id }] of state.sites.entries()) {
    for (const [line, endpoint_id] of LINES.entries()) {
      await make(
        addEndpoint(state, { site_id: id, endpoint_id, address: addressOf(shape.number, site, line) }),
      );
    }
  }
  for (let one = 0; one < sites; one++) {
    for (let other = one + 1; other < sites; other++) {
      for (const line of LINES.keys()) {
        await make(OPERATIONS.createPath(state, chooser([one, other, line, line, 0]))!);
      }
    }
  }
  for (const policy of DEMO_POLICIES.filter((_, index) => index % shape.regions === shape.number)) {
    await make(createPolicy(state, policy));
  }
  for (const [index, edge_id] of shape.edges.entries()) {
    await make(registerEdge(state, edge_id, state.sites[index % sites]!.id));
  }
  return state.edges.map(({ id, site_id }) => ({
    edge_id: id,
    site_id: site_id!,
    endpoint_ids: [...LINES],
  }));
}

/** A separate clock, so that not all paths turn bad together. */
const addressOf = (region: number, site: number, line: number): string => `10.${region}.${site}.${line + 1}`;

function addEndpoint(
  state: ControlState,
  { site_id, endpoint_id, address }: Record<'site_id' | 'endpoint_id' | 'address', string>,
): Plan {
  const args = { site_id, endpoint_id, address, interface_type: 'FIBER' };
  return done('addEndpoint', args, {
    target: `endpoint:${site_id}/${endpoint_id}`,
    apply: () =>
      void state.sites.find(({ id }) => id === site_id)!.endpoints.push({ id: endpoint_id, address }),
  });
}

function createPolicy(state: ControlState, { name, priority, match }: (typeof DEMO_POLICIES)[number]): Plan {
  const definition = { name, priority, enabled: true };
  return done(
    'createPolicy',
    { ...definition, match },
    {
      apply: ({ id: version, after }) =>
        void state.policies.push({
          ...definition,
          id: (after as { id: string }).id,
          defined: true,
          preference: 'LOWEST_LATENCY',
          versions: [{ id: version, definition }],
        }),
    },
  );
}

function registerEdge({ edges }: ControlState, id: string, site_id: string): Plan {
  return done(
    'registerEdge',
    { id, site_id },
    {
      target: `edge:${id}`,
      apply: () => void Object.assign(edges.find(edge => edge.id === id)!, { site_id }),
    },
  );
}
