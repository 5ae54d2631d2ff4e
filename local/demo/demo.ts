import { LOCAL_CREDENTIALS } from '../../core/local-credentials.ts';
import { systemClock } from '../../core/time/clock.ts';
import { startSimulation } from '../../edge/simulation/simulate.ts';
import { REGION } from '../aws/account.ts';
import type { RunningSystem } from '../system/system.ts';
import { demoScenario } from './demo-scenario.ts';
import { DEMO_SITES, FIRST_SITES } from './demo-sites.ts';
import { graphqlClient } from './graphql-client.ts';
import { type DemoEdge, DemoSeed } from './seed-demo.ts';

export interface DemoOptions {
  system: RunningSystem;
  /** The same seed gives the same traffic and the same events. */
  seed: number;
  /** Called with a sentence about each problem of the traffic. */
  onNotice(text: string): void;
}

/** The state of the demo: the counts of the edges, and those that the system shows. */
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

/** More often than a real edge, so that changes are visible. */
const REPORT_EVERY_MS = 5000;

/** A working day takes an hour, for the same reason. */
const DAY_S = 3600;

/**
 * Starts a company's edges with simulated traffic. They get policies, paths and routes as real
 * edges do. Resolves when the first three sites exist; the others follow one by one.
 */
export async function startDemo({ system, seed, onNotice }: DemoOptions): Promise<Demo> {
  const { endpoints, userPoolClientId } = system;
  const operator = endpoints.users.find(({ groups }) => groups.includes('operator'))!;
  const { graphql, cognito, kinesis, stream } = endpoints;
  const call = graphqlClient({ graphql, cognito, clientId: userPoolClientId, signIn: operator });

  const seeding = await DemoSeed.read(call);
  await seeding.policies();
  const first: DemoEdge[] = [];
  for (const site of FIRST_SITES) first.push(await seeding.site(site));
  const simulation = startSimulation({
    edges: first,
    sites: DEMO_SITES.length,
    seed,
    interval_ms: REPORT_EVERY_MS,
    day_s: DAY_S,
    scenario: demoScenario({ seed, began_ms: systemClock() }),
    kinesis: { endpoint: kinesis, region: REGION, credentials: LOCAL_CREDENTIALS },
    stream,
    commands: { graphql, region: REGION },
    onTrouble: onNotice,
  });

  let stopped = false;
  let edges = first.length;
  async function seedTheRest(): Promise<void> {
    for (const site of DEMO_SITES.slice(FIRST_SITES.length)) {
      if (stopped) return;
      const edge = await seeding.site(site);
      if (stopped) return;
      simulation.add(edge);
      edges += 1;
    }
  }
  const seeded = seedTheRest().catch((cause: Error) => {
    if (!stopped)
      onNotice(`The demo's other sites could not be created: ${cause.message} The next start continues.`);
  });

  return {
    async state() {
      const { trafficTotals } = await call<{ trafficTotals: ShownTotals }>(TOTALS);
      const { packets, bytes } = simulation.totals();
      return {
        edges,
        counted: { packets, bytes },
        shown: {
          packets: BigInt(trafficTotals.packets_exact),
          bytes: BigInt(trafficTotals.bytes_exact),
          active_flows: trafficTotals.active_flows,
        },
      };
    },
    async stop() {
      stopped = true;
      await Promise.all([simulation.stop(), seeded]);
    },
  };
}

interface ShownTotals {
  packets_exact: string;
  bytes_exact: string;
  active_flows: number;
}

const TOTALS = '{ trafficTotals { packets_exact bytes_exact active_flows } }';
