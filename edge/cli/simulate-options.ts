import { type Command, Option } from 'commander';
import type { TargetOptions } from '../system/target-options.ts';
import { positiveValue, wholeValue } from './option-values.ts';
import { addSystemOptions } from './system-options.ts';

/** Options of `simulate`, parsed. */
export interface SimulateOptions extends TargetOptions {
  edges: number;
  seed: number;
  duration: number;
  interval: number;
  flows: number;
  speed: number;
  policies?: string;
  sign?: boolean;
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
      new Option('--duration <seconds>', 'duration, in traffic time').argParser(positiveValue).default(600),
    )
    .addOption(
      new Option('--interval <seconds>', 'traffic time between two reports')
        .argParser(positiveValue)
        .default(10),
    )
    .addOption(
      new Option('--flows <number>', 'concurrent flows per edge in the busiest hour')
        .argParser(wholeValue(1, 10_000))
        .default(200),
    )
    .addOption(
      new Option('--speed <times>', 'speed relative to the clock').argParser(positiveValue).default(1),
    )
    .option(
      '--policies <file>',
      'JSON file with policies (default: those of the running system, else only "default")',
    )
    .option('--sign', 'sign the reports of each edge with its key (see: edge key)')
    .option('--json', 'print the totals as one JSON object on one line');
  return addSystemOptions(command);
}
