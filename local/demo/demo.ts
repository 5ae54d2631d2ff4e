import type { PolicyMatch, PolicyRule } from '../../core/traffic/policy.ts';
import { type Simulation, simulatedEdges, startSimulation } from '../../edge/simulate.ts';
import { CREDENTIALS, REGION } from '../account.ts';
import type { RunningSystem } from '../system.ts';
import { DEMO_POLICIES } from './demo-policies.ts';
import { type GraphqlClient, graphqlClient } from './graphql-client.ts';

export interface DemoOptions {
  system: RunningSystem;
  /** Told, in one sentence, of what goes wrong with the traffic. */
  onNotice(text: string): void;
}

/** How the demo stands: what the edges have counted, and what the system shows of it. */
export interface DemoState {
  edges: number;
  counted: { packets: bigint; bytes: bigint };
  shown: { packets: bigint; bytes: bigint; active_flows: number };
}

export interface Demo {
  state(): Promise<DemoState>;
  /** Ends the traffic; the edges send their last reports. */
  stop(): Promise<void>;
}

const EDGES = 3;
/** More often than a real edge, so that there is something to see. */
const REPORT_EVERY_MS = 5000;
const POLICY_CHECK_MS = 15_000;

/** Three edges with made-up traffic under a few policies, which they read from the API as real ones do. */
export async function startDemo({ system, onNotice }: DemoOptions): Promise<Demo> {
  const { endpoints, userPoolClientId } = system;
  const operator = endpoints.users.find(({ groups }) => groups.includes('operator'))!;
  const { graphql, cognito, kinesis, stream } = endpoints;
  const call = graphqlClient({ graphql, cognito, clientId: userPoolClientId, signIn: operator });

  await seed(call);
  const { version, policies } = await readPolicies(call);
  const simulation = startSimulation({
    edges: EDGES,
    interval_ms: REPORT_EVERY_MS,
    kinesis: { endpoint: kinesis, region: REGION, credentials: CREDENTIALS },
    stream,
    policies,
    policies_version: version,
    commands: { graphql, region: REGION },
    onTrouble: onNotice,
  });
  const following = followPolicies(call, simulation, version);

  return {
    async state() {
      const { trafficTotals } = await call<{ trafficTotals: ShownTotals }>(TOTALS);
      const { packets, bytes } = simulation.totals();
      return {
        edges: EDGES,
        counted: { packets, bytes },
        shown: {
          packets: BigInt(trafficTotals.packets_exact),
          bytes: BigInt(trafficTotals.bytes_exact),
          active_flows: trafficTotals.active_flows,
        },
      };
    },
    async stop() {
      clearInterval(following);
      await simulation.stop();
    },
  };
}

interface ShownTotals {
  packets_exact: string;
  bytes_exact: string;
  active_flows: number;
}

const TOTALS = '{ trafficTotals { packets_exact bytes_exact active_flows } }';

/** What is there already, from an earlier run of kept data, stays as it is. */
async function seed(call: GraphqlClient): Promise<void> {
  const { policies } = await readPolicies(call);
  if (policies.length === 0) {
    for (const policy of DEMO_POLICIES) await call(CREATE_POLICY, { ...policy });
  }
  const { edges } = await call<{ edges: { items: { id: string; registered: boolean }[] } }>(EDGES_QUERY);
  const registered = new Set(edges.items.filter(edge => edge.registered).map(({ id }) => id));
  for (const { edge_id, site_id } of simulatedEdges(EDGES)) {
    if (!registered.has(edge_id)) await call(REGISTER_EDGE, { id: edge_id, site_id });
  }
}

const CREATE_POLICY = `mutation ($name: String!, $priority: Int!, $match: PolicyMatchInput) {
  createPolicy(name: $name, priority: $priority, match: $match) { id }
}`;
const REGISTER_EDGE =
  'mutation ($id: ID!, $site_id: ID!) { registerEdge(id: $id, site_id: $site_id) { id } }';
const EDGES_QUERY = '{ edges(limit: 100) { items { id registered } } }';
const POLICIES_QUERY = `query ($next_token: String) {
  policies(limit: 100, next_token: $next_token, defined_only: true) {
    policies_version
    next_token
    items {
      id name priority enabled built_in
      match {
        source_cidr destination_cidr source_port destination_port_from destination_port_to protocol application
      }
    }
  }
}`;

interface PoliciesPage {
  policies: {
    policies_version: string;
    next_token: string | null;
    items: (Omit<PolicyRule, 'match'> & { built_in: boolean; match: Record<string, unknown> })[];
  };
}

interface DemoPolicySet {
  version: string;
  policies: PolicyRule[];
}

/** The defined policies but for `default`, which every edge knows. */
async function readPolicies(call: GraphqlClient): Promise<DemoPolicySet> {
  const rules: PolicyRule[] = [];
  let version = '';
  let next_token: string | null = null;
  do {
    const { policies }: PoliciesPage = await call<PoliciesPage>(POLICIES_QUERY, { next_token });
    version = policies.policies_version;
    for (const { built_in, match, ...rule } of policies.items) {
      if (!built_in) rules.push({ ...rule, match: withoutNulls(match) });
    }
    next_token = policies.next_token;
  } while (next_token !== null);
  return { version, policies: rules };
}

function withoutNulls(match: Record<string, unknown>): PolicyMatch {
  return Object.fromEntries(Object.entries(match).filter(([, value]) => value !== null));
}

function followPolicies(call: GraphqlClient, simulation: Simulation, first: string): NodeJS.Timeout {
  let applied = first;
  const look = async (): Promise<void> => {
    const { version, policies } = await readPolicies(call);
    if (version === applied) return;
    applied = version;
    simulation.setPolicies(policies, version);
  };
  // A look that fails is made up for by the next one.
  return setInterval(() => void look().catch(() => {}), POLICY_CHECK_MS);
}
