import { type Command, Option } from 'commander';
import { DEFAULT_LISTED_FLOWS } from '../reporting/listed-flows.ts';
import type { TargetOptions } from '../system/target-options.ts';
import {
  edgeIdValue,
  hostEdgeId,
  idValue,
  positiveValue,
  userPath,
  uuidValue,
  wholeValue,
} from './option-values.ts';
import { addSystemOptions, systemContradiction } from './system-options.ts';

const FORMATS = ['capture', 'nfdump', 'goflow2'] as const;
export type Format = (typeof FORMATS)[number];

/** Options of `replay` and `read`, parsed. */
export interface CountingOptions extends TargetOptions {
  edgeId: string;
  siteId?: string;
  endpointId: string;
  bootId?: string;
  policies?: string;
  interval: number;
  format: Format;
  speed?: number;
  wait?: boolean;
  dryRun?: boolean;
  scaleSampled?: boolean;
  sign?: boolean;
  json?: boolean;
  listedFlows: number;
  spool?: string;
}

/** Adds the options that `replay` and `read` share. */
export function addCountingOptions(command: Command): Command {
  command
    .addOption(
      new Option('--edge-id <id>', 'id that the edge reports under')
        .argParser(edgeIdValue)
        .default(hostEdgeId(), "this machine's name"),
    )
    .option('--site-id <uuid>', 'site of the edge (default: the site at which it is registered)', uuidValue)
    .addOption(
      new Option('--endpoint-id <id>', 'WAN endpoint of the traffic').argParser(idValue).default('wan1'),
    )
    .option(
      '--boot-id <id>',
      'id of this run; a run repeated under the same id is counted once (default: a new one)',
      idValue,
    )
    .option(
      '--policies <file>',
      'JSON file with policies (default: those of the running system, else only "default")',
    )
    .addOption(
      new Option('--interval <seconds>', 'traffic time between two reports')
        .argParser(positiveValue)
        .default(60),
    )
    .addOption(
      new Option('--format <format>', 'input format: pcap or pcapng, or JSON of nfdump or goflow2')
        .choices(FORMATS)
        .default('capture'),
    )
    .option(
      '--scale-sampled',
      "count sampled flow records too, scaled with their sampling rate, and mark the run's reports as estimated (default: refuse them)",
    )
    .option('--sign', 'sign the reports with the key of this edge (see: edge key)')
    .option('--wait', 'end when the system has counted all traffic')
    .option('--dry-run', 'send nothing')
    .option('--json', 'print the result as one JSON object on one line')
    .addOption(
      new Option('--listed-flows <number>', 'flows listed in a report, the largest first; the rest is summed')
        .argParser(wholeValue(0, 1000))
        .default(DEFAULT_LISTED_FLOWS),
    )
    .option('--spool <folder>', 'folder for unsent reports (default: .local/edge/<edge id>)');
  return addSystemOptions(command);
}

/** The problem with a combination of options, if there is one. */
export function contradiction(options: CountingOptions): string | undefined {
  const { stream, graphql, wait, dryRun, sign, scaleSampled, format } = options;
  if (scaleSampled && format === 'capture') {
    return '--scale-sampled applies to flow records: add --format nfdump or goflow2';
  }
  if (sign && dryRun) return '--sign makes no sense with --dry-run, which sends nothing';
  if (wait && dryRun) return '--wait makes no sense with --dry-run, which sends nothing';
  if (wait && stream !== undefined && graphql === undefined) {
    return '--wait reads the counts of the system: give its address with --graphql';
  }
  return systemContradiction(options);
}

/** The same options with all paths made absolute. */
export function withUserPaths(options: CountingOptions): CountingOptions {
  const { policies, spool, system } = options;
  return {
    ...options,
    system: userPath(system),
    ...(policies !== undefined && { policies }),
    ...(spool !== undefined && { spool: userPath(spool) }),
  };
}
