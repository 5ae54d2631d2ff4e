import { Command, Option } from 'commander';
import { PACKAGED_VERSION } from '../program-name.ts';
import { addCountingOptions, type CountingOptions, contradiction } from './counting-options.ts';
import { exitCodeOf } from './exit-code.ts';
import { type KeyOptions, keyContradiction } from './key-options.ts';
import { addMatchOptions, type MatchOptions, matchContradiction } from './match-options.ts';
import { edgeIdValue, hostEdgeId, idValue, positiveValue, wholeValue } from './option-values.ts';
import type { ReadOptions } from './read.ts';
import { addSimulateOptions, type SimulateOptions } from './simulate-options.ts';
import type { StatusOptions } from './status.ts';
import { systemFolderOption } from './system-folder.ts';
import { systemContradiction } from './system-options.ts';
import { versionText } from './version.ts';

/**
 * Runs the edge program.
 * @returns its exit code: 0 done, 1 failed or input that could not be counted, 2 bad usage
 */
export async function runEdge(argv: readonly string[]): Promise<number> {
  let code = 0;
  const program = new Command(PACKAGED_VERSION === undefined ? 'edge' : 'patronus-edge')
    .description('Counts the traffic of an SD-WAN edge by routing policy and reports it.')
    .version(versionText(), '--version', 'print the version')
    .showHelpAfterError('(use --help for usage)')
    .showSuggestionAfterError(false)
    .exitOverride();

  const run = (command: Command, wrong: string | undefined, action: () => Promise<number>) => {
    if (wrong) command.error(`error: ${wrong}`);
    return action().then(result => {
      code = result;
    });
  };

  addCountingOptions(
    program
      .command('replay')
      .description('count pcap or pcapng files and report as if their traffic passed now')
      .argument('<file...>', 'captures, counted one after another'),
  )
    .option('--speed <times>', 'speed relative to the capture (default: as fast as possible)', positiveValue)
    .action((files: string[], options: CountingOptions, command: Command) =>
      run(command, contradiction(options), async () =>
        (await import('./replay.ts')).replay(files, options, argv),
      ),
    );

  addCountingOptions(
    program
      .command('read')
      .description('count the standard input: a capture (tcpdump -U -w -), or JSON of nfdump or goflow2'),
  )
    .option(
      '--bandwidth-mbps <number>',
      'capacity of the WAN endpoint in Mbit/s, reported for its paths (default: the highest rate seen on each)',
      wholeValue(1, 1_000_000),
    )
    .action((options: ReadOptions, command: Command) =>
      run(command, contradiction(options), async () => (await import('./read.ts')).read(options)),
    );

  addMatchOptions(
    program
      .command('match')
      .description('show which policy matches a flow, why the others do not, and which can never match'),
  ).action((options: MatchOptions, command: Command) =>
    run(command, matchContradiction(options) ?? systemContradiction(options), async () =>
      (await import('./match.ts')).match(options),
    ),
  );

  program
    .command('status')
    .description('show the state of an edge from its spool only; exit code 1 if a person has to act')
    .addOption(
      new Option('--edge-id <id>', 'the edge')
        .argParser(idValue)
        .default(hostEdgeId(), "this machine's name"),
    )
    .option('--spool <folder>', 'its spool (default: .local/edge/<edge id>)')
    .option('--json', 'print the result as one JSON object on one line')
    .addOption(systemFolderOption())
    .action((options: StatusOptions, command: Command) =>
      run(command, undefined, async () => (await import('./status.ts')).status(options)),
    );

  program
    .command('sample')
    .description('write a small capture for trying the program: five minutes of a simulated office')
    .argument('[file]', 'a new file to write (default: the standard output)')
    .action((file: string | undefined, _: object, command: Command) =>
      run(command, undefined, async () => (await import('./sample.ts')).sample(file)),
    );

  program
    .command('key')
    .description(
      'print the public key of an edge as a JWK, for registerEdge or rotateEdgeKey; makes a key pair if there is none',
    )
    .addOption(
      new Option('--edge-id <id>', 'the edge')
        .argParser(edgeIdValue)
        .default(hostEdgeId(), "this machine's name"),
    )
    .option('--spool <folder>', 'its spool, which keeps the key (default: .local/edge/<edge id>)')
    .option('--next', "make and print the edge's next key")
    .option('--switch', 'use the next key, from the next start of the edge')
    .option('--pem', 'print it in PEM')
    .option('--json', 'print edge, kid and key as one JSON object on one line')
    .addOption(systemFolderOption())
    .action((options: KeyOptions, command: Command) =>
      run(command, keyContradiction(options), async () => (await import('./key.ts')).key(options)),
    );

  addSimulateOptions(
    program.command('simulate').description('run edges with simulated traffic of offices'),
  ).action((options: SimulateOptions, command: Command) =>
    run(command, systemContradiction(options), async () => (await import('./simulate.ts')).simulate(options)),
  );

  try {
    await program.parseAsync([...argv], { from: 'user' });
    return code;
  } catch (cause) {
    return exitCodeOf(cause);
  }
}
