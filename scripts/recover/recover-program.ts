import { Command } from 'commander';
import { systemCaller } from '../../core/access/caller.ts';
import { PatronusError } from '../../core/errors.ts';
import { recoverCounters } from '../../core/ingest/recovery/recover-counters.ts';
import { auditTraffic } from '../../core/ledger/figures/traffic-audit.ts';
import { systemClock, systemSleep } from '../../core/time/clock.ts';
import { exitCodeOf, isPlanned } from '../../edge/cli/exit-code.ts';
import { userPath } from '../../edge/cli/option-values.ts';
import { stopSignal } from '../../edge/cli/stop-signal.ts';
import { systemFolderOption } from '../../edge/cli/system-folder.ts';
import { openTerminal, type Terminal } from '../../edge/cli/terminal.ts';
import { adoptTable } from './adopt-table.ts';
import { type OpenTables, openTables, type TablesOptions } from './open-tables.ts';

const INTERRUPTED = 130;

/** The number of mismatches to show. */
const SHOWN = 20;

const COMPARE_MS = 600_000;

interface CountersChoice extends TablesOptions {
  restart?: boolean;
  dryRun?: boolean;
}

interface AdoptChoice extends TablesOptions {
  network: string;
  traffic: string;
  audit?: string;
  cache?: string;
}

/**
 * Runs the recovery program and returns its exit code: 0 done, 1 failed or counters disagree, 2 bad
 * usage, 130 interrupted.
 */
export async function runRecover(argv: readonly string[]): Promise<number> {
  const program = new Command('recover')
    .description('Repairs a system after its tables were restored from a backup.')
    .showHelpAfterError('(use --help for usage)')
    .exitOverride();
  const terminal = openTerminal();
  let exitCode = 0;
  const cloud = (command: Command): Command =>
    command
      .option('--region <name>', 'AWS region')
      .option('--profile <name>', 'AWS profile')
      .addOption(systemFolderOption());
  cloud(program.command('counters'))
    .description(
      'Rebuilds all counters from the lanes, while traffic flows. Figures of moved policies do not change until all are done. After an interruption, repeat the same command.',
    )
    .option('--table <name>', "the cloud's Traffic table (default: the running local system)")
    .option('--network <name>', "the cloud's Network table")
    .option('--audit <name>', "the cloud's Audit table, for the audit log")
    .option(
      '--restart',
      'starts again: always use it after a restore, because a recovery may have been running at that time',
    )
    .option('--dry-run', 'only reports counters that differ from the lanes')
    .action(async (choice: CountersChoice) => {
      exitCode = await withTables(choice, opened =>
        choice.dryRun ? compare(opened, terminal) : counters(opened, choice, terminal),
      );
    });
  cloud(program.command('adopt'))
    .description(
      'Configures what restored tables lack (TTL, stream, point-in-time recovery) and prints the settings to deploy with.',
    )
    .requiredOption('--network <name>', 'the restored Network table')
    .requiredOption('--traffic <name>', 'the restored Traffic table')
    .option('--audit <name>', 'a restored Audit table, if the one in use is lost')
    .option('--cache <name>', 'a Cache table, if the deployment should not create one')
    .action(async (choice: AdoptChoice) => {
      await withTables({ ...choice, table: choice.traffic, audit: choice.audit ?? '' }, opened =>
        adopt(opened, choice, terminal),
      );
    });
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return exitCode;
  } catch (cause) {
    terminal.endProgress();
    return exitCodeOf(cause, failure => isPlanned(failure) || failure instanceof PatronusError);
  }
}

async function withTables<T>(options: TablesOptions, run: (opened: OpenTables) => Promise<T>): Promise<T> {
  const opened = await openTables({ ...options, system: userPath(options.system) });
  try {
    return await run(opened);
  } finally {
    opened.client.destroy();
  }
}

async function counters(
  opened: OpenTables,
  { restart = false }: CountersChoice,
  terminal: Terminal,
): Promise<number> {
  const signal = stopSignal(() => terminal.say('Stopping after this pass over the lanes …'));
  const { shown, lanes } = await recoverCounters(
    { ...opened, clock: systemClock, sleep: systemSleep, random: Math.random },
    {
      actor: systemCaller('recover'),
      restart,
      signal,
      onProgress: ({ phase, lanes, behind, left }) => {
        const what =
          phase === 'moving' ? 'Moving lanes' : 'The new counters are in use; checking for late lanes';
        terminal.sayNowAndThen(`${what}: ${lanes} read, ${behind - left} moved, ${left} to be retried.`);
      },
    },
  );
  terminal.endProgress();
  if (!shown) {
    terminal.say(
      'Interrupted: the old counters are still in use. Repeat the same command without --restart to continue.',
    );
    return INTERRUPTED;
  }
  terminal.say(`The counters were rebuilt from ${lanes} lanes and are in use.`);
  return signal.aborted ? INTERRUPTED : compare(opened, terminal);
}

async function compare(opened: OpenTables, terminal: Terminal): Promise<number> {
  const deadline = systemClock() + COMPARE_MS;
  const { policies, lanes, unreadable_lanes, mismatches } = await auditTraffic({
    ...opened,
    clock: systemClock,
    deadline,
  });
  for (const { policy_id, packets, bytes, lanes_after } of mismatches.slice(0, SHOWN)) {
    process.stdout.write(
      `${JSON.stringify(policy_id)}: counters ${packets} packets, ${bytes} bytes; lanes ${lanes_after.packets} packets, ${lanes_after.bytes} bytes\n`,
    );
  }
  terminal.say(
    `${mismatches.length} of ${policies} policies disagree with ${lanes} lanes${unreadable_lanes > 0 ? ` (${unreadable_lanes} more can't be read)` : ''}.`,
  );
  return mismatches.length === 0 ? 0 : 1;
}

async function adopt(
  { client }: OpenTables,
  { network, traffic, audit, cache }: AdoptChoice,
  terminal: Terminal,
): Promise<void> {
  const adopted = [
    await adoptTable(client, network, { stream: true, recovery: true }),
    await adoptTable(client, traffic, { stream: false, recovery: true }),
    ...(audit === undefined ? [] : [await adoptTable(client, audit, { stream: true, recovery: true })]),
  ];
  if (cache !== undefined) await adoptTable(client, cache, { stream: false, recovery: false });
  for (const { name, recovery } of adopted) {
    if (!recovery) terminal.say(`${name}: this engine has no point-in-time recovery.`);
  }
  terminal.say('Deploy with these settings:');
  const settings = [
    `-c network_table=${network}`,
    `-c network_stream_arn=${adopted[0]!.stream_arn}`,
    `-c traffic_table=${traffic}`,
    ...(audit === undefined
      ? []
      : [`-c audit_table=${audit}`, `-c audit_stream_arn=${adopted[2]!.stream_arn}`]),
    ...(cache === undefined ? [] : [`-c cache_table=${cache}`]),
  ];
  process.stdout.write(`${settings.join(' ')}\n`);
}
