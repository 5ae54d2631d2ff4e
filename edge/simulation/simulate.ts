import type { KinesisClientConfig } from '@aws-sdk/client-kinesis';
import { DEFAULT_POLICY_ID, type PolicyRule } from '../../core/policy/policy.ts';
import type { Recorder } from '../../core/recorder/recorder.ts';
import type { SignRecord } from '../../core/report/sign-record.ts';
import { type Clock, systemClock } from '../../core/time/clock.ts';
import type { Following } from '../commands/follow-commands.ts';
import { type CommandSource, startEdgeCommands } from '../commands/start-edge-commands.ts';
import { type PolicySet, UNVERSIONED } from '../policies/policy-set.ts';
import { RecordSender } from '../reporting/record-sender.ts';
import { memorySpool } from '../spool/memory-spool.ts';
import type { Spool } from '../spool/spool.ts';
import { kinesisClient } from '../system/kinesis-client.ts';
import type { StreamClient } from '../system/local-stream.ts';
import { simulatedProbe } from './path-conditions.ts';
import { seededRandom } from './random.ts';
import { type Scenario, STEADY } from './scenario.ts';
import { type SimulatedEdge, type SimulatedReport, simulateEdge } from './simulated-edge.ts';
import { simulatedEdges } from './simulated-edges.ts';
import { SimulatedWan } from './simulated-wan.ts';

export interface SimulationOptions {
  /** The edges, or the number of `simulatedEdges`. */
  edges: readonly SimulatedEdge[] | number;
  /** The same seed, edges and interval give the same counts after the same number of intervals. */
  seed?: number;
  /** Traffic time per report. */
  interval_ms?: number;
  /** Speed of traffic time relative to the clock; Infinity: as fast as possible. */
  speed?: number;
  /** Number of intervals after which the traffic ends. */
  intervals?: number;
  /** Concurrent flows per edge in the busiest hour. */
  flows?: number;
  /** Number of sites; default: those of `edges`. */
  sites?: number;
  /** Length of a day, seconds of traffic; default 86,400. */
  day_s?: number;
  /** Events apart from the traffic; default: none. */
  scenario?: Scenario;
  /** A client, which is not closed, or the configuration of one. */
  kinesis: StreamClient | KinesisClientConfig;
  /** Name or ARN. */
  stream: string;
  policies?: readonly PolicyRule[];
  policies_version?: string;
  /** Signers of records by edge id; records of other edges are not signed. */
  signers?: ReadonlyMap<string, SignRecord>;
  /**
   * Opens the spool for an edge's unsent reports, given the recorder whose counts they contain;
   * default: in memory.
   */
  spool?: (edge: SimulatedEdge, recorder: Recorder) => Promise<Spool>;
  /**
   * Source of the edges' commands, paths and routes; without it they have none. Their measurements
   * are simulated, like the traffic.
   */
  commands?: CommandSource;
  /** Called when the stream has accepted a report. */
  onReport?: (report: SimulatedReport) => void;
  onTrouble?: (reason: string) => void;
  clock?: Clock;
}

type Simulated = ReturnType<typeof simulateEdge> & {
  edge: SimulatedEdge;
  edge_id: string;
  following: Following | undefined;
};

/** Totals of all simulated edges, including counts that are not reported yet. */
interface SimulationTotals {
  packets: bigint;
  bytes: bigint;
  reports: number;
  policies: { policy_id: string; packets: bigint; bytes: bigint }[];
}

export interface Simulation {
  /**
   * Resolves when `intervals` are over and everything is sent; rejects if sending fails
   * permanently.
   */
  readonly ended: Promise<void>;
  totals(): SimulationTotals;
  /** Adds an edge with the traffic of its own site. */
  add(edge: SimulatedEdge): void;
  /** Sets the policies, from the next packet on. */
  setPolicies(policies: readonly PolicyRule[], policies_version: string): void;
  /**
   * Ends the traffic and sends the last reports. Afterwards `totals` equals exactly what the system
   * will have counted.
   */
  stop(): Promise<void>;
}

/** Runs edges with simulated traffic that report to a stream, until stopped. */
export function startSimulation({
  edges,
  seed = 1,
  interval_ms = 10_000,
  speed = 1,
  intervals = Number.POSITIVE_INFINITY,
  flows = 200,
  sites,
  day_s = 86_400,
  scenario = STEADY,
  kinesis,
  stream,
  policies = [],
  policies_version = UNVERSIONED,
  signers,
  spool = async () => memorySpool(),
  commands,
  onReport = () => {},
  onTrouble = () => {},
  clock = systemClock,
}: SimulationOptions): Simulation {
  const given = 'send' in kinesis ? kinesis : undefined;
  const client = given ?? kinesisClient(kinesis as KinesisClientConfig);
  const sender = new RecordSender({ client, stream, onTrouble });
  const list = typeof edges === 'number' ? simulatedEdges(edges) : [...edges];
  const site_count = sites ?? list.length;
  const stopped = new AbortController();
  let policySet: PolicySet = { version: policies_version, policies: [...policies] };
  let reports = 0;

  const conditions = (address: string, other: string) => scenario.conditions(address, other, clock());
  const wan = new SimulatedWan(seededRandom(`${seed}/wan`), conditions);
  const simulated: Simulated[] = list.map(makeEdge);

  function makeEdge(edge: SimulatedEdge, index: number): Simulated {
    const { edge_id, endpoint_ids } = edge;
    const random = seededRandom(`${seed}/probes/${index + 1}`).next;
    const traffic = {
      seed: `${seed}`,
      site: index + 1,
      sites: site_count,
      flows: edge.flows ?? flows,
      tick_s: interval_ms / 1000,
      day_s,
      endpoint_ids,
      ...(edge.peers && { peers: edge.peers }),
    };
    const made = simulateEdge(edge, traffic, { wan, edges: list, scenario, random, onTrouble, clock });
    const following =
      commands &&
      startEdgeCommands({
        edge_id,
        source: commands,
        policiesVersion: () => policySet.version,
        setPolicies,
        onPaths: paths => made.setPaths(paths),
        onRoutes: (_, table) => made.setRoutes(table),
        probe: async ({ target, from = '' }) => simulatedProbe(conditions(from, target), random, clock),
        endBoot: boot_id => made.endBoot(boot_id),
        onTrouble,
      });
    return { ...made, edge, edge_id, following };
  }

  async function start(edge: Simulated) {
    const opened = await spool(edge.edge, edge.recorder);
    const given = policySet;
    const reporter = await edge.start(sender, given, {
      spool: opened,
      onSent: sent,
      sign: signers?.get(edge.edge_id),
    });
    // Policies can arrive while a start reads its spool.
    if (policySet !== given) edge.setPolicies(policySet);
    return reporter;
  }

  async function run(): Promise<void> {
    const reporters = await Promise.all(simulated.map(start));
    const began = performance.now();
    for (let tick = 1; tick <= intervals && !stopped.signal.aborted; tick++) {
      await until(began + (tick * interval_ms) / speed, stopped.signal);
      if (stopped.signal.aborted) break;
      for (const edge of simulated.slice(reporters.length)) reporters.push(await start(edge));
      await Promise.all(simulated.map(edge => edge.tick(interval_ms)));
    }
    await Promise.all(simulated.map(edge => edge.endSilence()));
    await Promise.all(reporters.map(reporter => reporter.settled()));
  }

  function sent(report: SimulatedReport): void {
    reports++;
    onReport(report);
  }

  function setPolicies(next: PolicySet): void {
    policySet = next;
    for (const edge of simulated) edge.setPolicies(policySet);
  }

  const ended = run().finally(async () => {
    await Promise.all(simulated.map(edge => edge.following?.stop()));
    await Promise.all(simulated.map(edge => edge.stopMeasuring()));
    if (!given) client.destroy();
  });
  // Callers may wait for `ended` or `stop`, but need not.
  ended.catch(() => {});

  return {
    ended,
    totals: () => ({ ...totalsOf(simulated.map(({ recorder }) => recorder)), reports }),
    add(edge) {
      if (stopped.signal.aborted) return;
      list.push(edge);
      simulated.push(makeEdge(edge, list.length - 1));
    },
    setPolicies: (next, version) => setPolicies({ version, policies: [...next] }),
    stop() {
      stopped.abort();
      return ended;
    },
  };
}

function totalsOf(recorders: Recorder[]): Omit<SimulationTotals, 'reports'> {
  const policies = new Map<string, { packets: bigint; bytes: bigint }>();
  for (const stats of recorders.flatMap(recorder => recorder.getAllStats())) {
    const sum = policies.get(stats.policy_id) ?? { packets: 0n, bytes: 0n };
    policies.set(stats.policy_id, {
      packets: sum.packets + stats.packets_exact,
      bytes: sum.bytes + stats.bytes_exact,
    });
  }
  const rows = [...policies].map(([policy_id, counts]) => ({ policy_id, ...counts }));
  return {
    packets: rows.reduce((sum, { packets }) => sum + packets, 0n),
    bytes: rows.reduce((sum, { bytes }) => sum + bytes, 0n),
    policies: rows.sort(
      (a, b) => Number(a.policy_id === DEFAULT_POLICY_ID) - Number(b.policy_id === DEFAULT_POLICY_ID),
    ),
  };
}

function until(due: number, signal: AbortSignal): Promise<void> {
  const wait = due - performance.now();
  return new Promise(resolve => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, Math.max(0, wait));
    signal.addEventListener('abort', end);
  });
}
