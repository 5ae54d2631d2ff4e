import type { Command } from 'commander';
import { Option } from 'commander';
import { wireInteger } from '../../core/traffic/encode-report.ts';
import { compilePolicies } from '../../core/traffic/policy-match.ts';
import { readPoliciesFile } from '../policies/policies-file.ts';
import { NO_POLICIES, type PolicySet } from '../policies/policy-set.ts';
import { readSystemPolicies } from '../policies/system-policies.ts';
import { type Simulation, startSimulation } from '../simulate.ts';
import { openTarget, type Target } from '../system/target.ts';
import { summaryTable } from '../traffic-summary.ts';
import { positiveValue, userPath, wholeValue } from './option-values.ts';
import { stopSignal } from './stop-signal.ts';
import { addSystemOptions, type SystemOptions, targetOptions } from './system-options.ts';
import { openTerminal } from './terminal.ts';

/** Options of `simulate`, parsed. */
export interface SimulateOptions extends SystemOptions {
  edges: number;
  seed: number;
  duration: number;
  interval: number;
  flows: number;
  speed: number;
  policies?: string;
  json?: boolean;
}

export function addSimulateOptions(command: Command): Command {
  command
    .addOption(
      new Option('--edges <number>', 'edges edge-1, edge-2, …').argParser(wholeValue(1, 1000)).default(3),
    )
    .addOption(
      new Option('--seed <number>', 'the same seed gives the same traffic')
        .argParser(wholeValue(0, 2 ** 31))
        .default(1),
    )
    .addOption(
      new Option('--duration <seconds>', 'how long, in traffic time').argParser(positiveValue).default(600),
    )
    .addOption(
      new Option('--interval <seconds>', 'traffic time between two reports')
        .argParser(positiveValue)
        .default(10),
    )
    .addOption(
      new Option('--flows <number>', 'flows alive at a time in the busiest hour, an edge')
        .argParser(wholeValue(1, 10_000))
        .default(200),
    )
    .addOption(
      new Option('--speed <times>', 'times as fast as the clock').argParser(positiveValue).default(1),
    )
    .option(
      '--policies <file>',
      'JSON file with policies (default: those of the running system, else only "default")',
    )
    .option('--json', 'print the totals as one JSON object on one line');
  return addSystemOptions(command);
}

/** `edge simulate`: edges with made-up traffic. */
export async function simulate(options: SimulateOptions): Promise<number> {
  const terminal = openTerminal();
  const target = await openTarget(targetOptions(options));
  const policySet = await choosePolicies(options, target);
  compilePolicies(policySet.policies);
  const intervals = Math.ceil(options.duration / options.interval);
  const simulation = startSimulation({
    edges: options.edges,
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
      terminal.sayNowAndThen(`The stream ${target.stream} does not take the reports yet: ${reason}.`),
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
  print(simulation, options);
  return signal.aborted ? 130 : 0;
}

async function choosePolicies({ policies }: SimulateOptions, { graphql }: Target): Promise<PolicySet> {
  if (policies !== undefined) return readPoliciesFile(userPath(policies), policies);
  return graphql ? readSystemPolicies(graphql) : NO_POLICIES;
}

function print(simulation: Simulation, { json }: SimulateOptions): void {
  const { packets, bytes, reports, policies } = simulation.totals();
  const summary = {
    packets: wireInteger(packets),
    bytes: wireInteger(bytes),
    skipped: 0,
    policies: policies.map(({ policy_id, ...counts }) => ({
      policy_id,
      packets: wireInteger(counts.packets),
      bytes: wireInteger(counts.bytes),
    })),
  };
  process.stdout.write(
    json
      ? `${JSON.stringify({ ...summary, reports })}\n`
      : `${summaryTable(summary)}\nSent ${reports} report(s).\n`,
  );
}
