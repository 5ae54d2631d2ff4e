import { type EdgeApi, edgeApi, type RoutesVersions } from '../../edge/commands/edge-api.ts';
import { readSystemPolicies } from '../../edge/policies/system-policies.ts';
import type { Published } from './publications.ts';
import type { SimulatedApi } from './simulated-api.ts';

/** A delivery that is due at an instant, milliseconds since the epoch. */
export interface Delivery {
  at: number;
  deliver(): Promise<void>;
}

/** Once an hour, and once a day after AppSync has closed the connection (docs/decisions/156). */
const READS_ALL_EVERY_MS = (86_400 / 25) * 1000;
/** The name for the counts of their requests. */
const AS = 'api';

/** Edges that listen, and send the queries of edge/commands/ with their own client. */
export class ListeningEdges {
  readonly #apis: Map<string, EdgeApi>;
  readonly #random: () => number;
  #known: RoutesVersions = { policies_version: '0', routing_version: 0 };

  constructor(edge_ids: readonly string[], api: SimulatedApi, random: () => number) {
    this.#apis = new Map(edge_ids.map(edge_id => [edge_id, clientOf(edge_id, api)]));
    this.#random = random;
  }

  /** The version of the policies that they apply. */
  get policies_version(): string {
    return this.#known.policies_version;
  }

  /** Reads the current state for them. */
  async begin(): Promise<void> {
    const [first] = this.#apis.values();
    if (!first) return;
    const { version } = await readSystemPolicies(first);
    const { state } = await first.edgeRoutes();
    this.#known = { policies_version: version ?? '0', routing_version: state?.routing_version ?? 0 };
  }

  /** Their regular queries, evenly spread. */
  *readings(start: number, from: number, to: number): Generator<Delivery> {
    const each = READS_ALL_EVERY_MS / this.#apis.size;
    for (const [index, edge] of [...this.#apis.values()].entries()) {
      const first = start + Math.floor(index * each);
      const passed = Math.ceil((from - first) / READS_ALL_EVERY_MS);
      for (let at = first + passed * READS_ALL_EVERY_MS; at < to; at += READS_ALL_EVERY_MS) {
        const deliver = async () => {
          await edge.edgeRoutes();
          await edge.pendingCommands(this.#known.policies_version);
        };
        yield { at, deliver };
      }
    }
  }

  /** The edges' queries that follow a publication. */
  *hear({ field, variables }: Published, now: number): Generator<Delivery> {
    if (field === 'publishEdgeNews') yield* this.#hearNews(variables as never, now);
    if (field !== 'publishCommand') return;
    const edge = this.#apis.get(String(variables.edge_id))!;
    if (variables.type === 'ROUTES') {
      yield { at: now, deliver: () => edge.acknowledge(String(variables.id)) };
    } else if (variables.type === 'PATHS') {
      yield { at: now, deliver: () => readRoutes(edge, this.#known) };
    }
  }

  *#hearNews(
    { policies_version, routing_version, spread_s }: RoutesVersions & { spread_s: number },
    now: number,
  ): Generator<Delivery> {
    const before = this.#known;
    this.#known = { policies_version, routing_version };
    const otherPolicies = policies_version !== before.policies_version;
    if (!otherPolicies && routing_version === before.routing_version) return;
    for (const edge of this.#apis.values()) {
      const deliver = async () => {
        if (otherPolicies) await readSystemPolicies(edge, policies_version);
        await readRoutes(edge, { policies_version, routing_version });
      };
      yield { at: now + this.#random() * spread_s * 1000, deliver };
    }
  }
}

async function readRoutes(edge: EdgeApi, versions: RoutesVersions): Promise<void> {
  await edge.edgeRoutes(versions);
}

function clientOf(edge_id: string, api: SimulatedApi): EdgeApi {
  const userArn = `arn:aws:sts::123456789012:assumed-role/patronus-edge/${edge_id}`;
  const identity = { userArn, username: `AROA:${edge_id}` };
  return edgeApi({
    url: 'http://api',
    edge_id,
    sign: async () => ({}),
    async fetch(_url, init) {
      const { query, variables } = JSON.parse(String(init?.body));
      return Response.json({ data: await api.run(query, variables, { identity, as: AS }) });
    },
  });
}
