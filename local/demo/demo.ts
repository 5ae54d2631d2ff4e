import { LOCAL_CREDENTIALS } from '../../core/local-credentials.ts';
import { startSimulation } from '../../edge/simulation/simulate.ts';
import { REGION } from '../aws/account.ts';
import type { RunningSystem } from '../system/system.ts';
import { graphqlClient } from './graphql-client.ts';
import { seedDemo } from './seed-demo.ts';

export interface DemoOptions {
  system: RunningSystem;
  /** Gets a sentence about each thing that goes wrong with the traffic. */
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

/** More often than a real edge, so that there is something to see. */
const REPORT_EVERY_MS = 5000;

/** Three edges with made-up traffic at sites with paths between them. Policies, paths and routes they get as real ones do. */
export async function startDemo({ system, onNotice }: DemoOptions): Promise<Demo> {
  const { endpoints, userPoolClientId } = system;
  const operator = endpoints.users.find(({ groups }) => groups.includes('operator'))!;
  const { graphql, cognito, kinesis, stream } = endpoints;
  const call = graphqlClient({ graphql, cognito, clientId: userPoolClientId, signIn: operator });

  const edges = await seedDemo(call);
  const simulation = startSimulation({
    edges,
    interval_ms: REPORT_EVERY_MS,
    kinesis: { endpoint: kinesis, region: REGION, credentials: LOCAL_CREDENTIALS },
    stream,
    commands: { graphql, region: REGION },
    onTrouble: onNotice,
  });

  return {
    async state() {
      const { trafficTotals } = await call<{ trafficTotals: ShownTotals }>(TOTALS);
      const { packets, bytes } = simulation.totals();
      return {
        edges: edges.length,
        counted: { packets, bytes },
        shown: {
          packets: BigInt(trafficTotals.packets_exact),
          bytes: BigInt(trafficTotals.bytes_exact),
          active_flows: trafficTotals.active_flows,
        },
      };
    },
    stop: () => simulation.stop(),
  };
}

interface ShownTotals {
  packets_exact: string;
  bytes_exact: string;
  active_flows: number;
}

const TOTALS = '{ trafficTotals { packets_exact bytes_exact active_flows } }';
