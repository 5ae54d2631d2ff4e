import { count } from '../../core/count-words.ts';
import { BUILT_IN_POLICY } from '../../core/policy/policy.ts';
import { compilePolicies } from '../../core/policy/policy-match.ts';
import { wireInteger } from '../../core/report/encode-report.ts';
import type { SignRecord } from '../../core/report/sign-record.ts';
import { summaryTable } from '../counting/traffic-summary.ts';
import { readPoliciesFile } from '../policies/policies-file.ts';
import { NO_POLICIES, type PolicySet } from '../policies/policy-set.ts';
import { readSystemPolicies } from '../policies/system-policies.ts';
import { type Simulation, startSimulation } from '../simulation/simulate.ts';
import type { SimulatedEdge } from '../simulation/simulated-edge.ts';
import { simulatedEdges } from '../simulation/simulated-edges.ts';
import { spoolFolder } from '../spool/spool-folder.ts';
import { openTarget, type Target } from '../system/target.ts';
import { userPath } from './option-values.ts';
import type { SimulateOptions } from './simulate-options.ts';
import { stopSignal } from './stop-signal.ts';
import { targetOptions } from './system-options.ts';
import { openTerminal } from './terminal.ts';

/** `edge simulate`: edges with simulated traffic. */
export async function simulate(options: SimulateOptions): Promise<number> {
  const terminal = openTerminal();
  const target = await openTarget(targetOptions(options));
  const policySet = await choosePolicies(options, target);
  compilePolicies(policySet.policies);
  const edges = simulatedEdges(options.edges);
  const signers = options.sign ? await signersOf(edges, options) : undefined;
  const intervals = Math.ceil(options.duration / options.interval);
  const simulation = startSimulation({
    edges,
    ...(signers && { signers }),
    seed: options.seed,
    interval_ms: options.interval * 1000,
    speed: options.speed,
    intervals,
    flows: options.flows,
    kinesis: target.kinesis,
    stream: target.stream,
    policies: policySet.policies,
    policies_version: policySet.version,
    onReport: () => terminal.progress('Simulated', simulation.totals().reports, intervals * options.edges),
    onTrouble: reason =>
      terminal.sayNowAndThen(`The stream ${target.stream} does not accept the reports yet: ${reason}.`),
  });
  const signal = stopSignal(() => {
    terminal.say('Stopping: the last reports are being sent.');
    simulation.stop().catch(() => {});
  });
  try {
    await simulation.ended;
  } finally {
    terminal.endProgress();
    target.kinesis.destroy();
  }
  print(simulation, options, policySet);
  return signal.aborted ? 130 : 0;
}

/** Each edge's key is where `edge key` makes and shows it. */
async function signersOf(
  edges: readonly SimulatedEdge[],
  options: SimulateOptions,
): Promise<ReadonlyMap<string, SignRecord>> {
  const { edgeSigner } = await import('../spool/edge-key.ts');
  const system = userPath(options.system);
  const signers = new Map<string, SignRecord>();
  for (const { edge_id } of edges) {
    signers.set(edge_id, await edgeSigner(spoolFolder({ system, edge_id })));
  }
  return signers;
}

async function choosePolicies({ policies }: SimulateOptions, { graphql }: Target): Promise<PolicySet> {
  if (policies !== undefined) return readPoliciesFile(userPath(policies), policies);
  return graphql ? readSystemPolicies(graphql) : NO_POLICIES;
}

function print(simulation: Simulation, { json }: SimulateOptions, policySet: PolicySet): void {
  const { packets, bytes, reports, policies } = simulation.totals();
  const names = new Map([...policySet.policies, BUILT_IN_POLICY].map(({ id, name }) => [id, name]));
  const summary = {
    packets: wireInteger(packets),
    bytes: wireInteger(bytes),
    skipped: 0,
    skipped_by_reason: {},
    policies: policies.map(({ policy_id, ...counts }) => ({
      policy_id,
      packets: wireInteger(counts.packets),
      bytes: wireInteger(counts.bytes),
      policy_name: names.get(policy_id) ?? '',
    })),
  };
  process.stdout.write(
    json
      ? `${JSON.stringify({ ...summary, reports })}\n`
      : `${summaryTable(summary)}\nSent ${count(reports, 'report')}.\n`,
  );
}
