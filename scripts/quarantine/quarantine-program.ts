import { Command, Option } from 'commander';
import { listQuarantine, type QuarantineEntry, readQuarantined } from '../../core/ingest/read-quarantine.ts';
import { REJECTION_REASONS } from '../../core/report/rejection.ts';
import { exitCodeOf } from '../../edge/cli/exit-code.ts';
import { userPath } from '../../edge/cli/option-values.ts';
import { systemFolderOption } from '../../edge/cli/system-folder.ts';
import { EdgeError } from '../../edge/edge-error.ts';
import { type OpenQuarantine, openQuarantine, type SystemOptions } from './open-quarantine.ts';
import { replay } from './replay.ts';
import { entryJson, entryLines, itemText } from './show-text.ts';

interface Choice extends SystemOptions {
  all?: boolean;
  json?: boolean;
  reason?: string;
}

/** Runs the quarantine program and returns its exit code: 0 done, 1 failed, 2 bad usage. */
export async function runQuarantine(argv: readonly string[]): Promise<number> {
  const program = new Command('quarantine')
    .description('Shows records that could not be counted, and sends them again.')
    .showHelpAfterError('(use --help for usage)')
    .exitOverride();
  addCommand(program, 'list', 'shows records that have not been replayed, oldest first')
    .option('--all', 'also replayed records')
    .option('--json', 'a line of JSON for each record')
    .addOption(reasonOption())
    .action((options: Choice) => withQuarantine(options, quarantine => list(quarantine, options)));
  addCommand(program, 'show <place>', 'shows a record: its reason and its content').action(
    (place: string, options: Choice) => withQuarantine(options, quarantine => show(quarantine, place)),
  );
  addCommand(program, 'replay [places...]', 'counts records that can be counted now')
    .option('--all', 'all records that have not been replayed')
    .addOption(reasonOption())
    .action((places: string[], options: Choice, command: Command) => {
      if ((places.length === 0) === !options.all) command.error('error: name places or --all');
      return withQuarantine(options, quarantine => replayAll(quarantine, places, options));
    });
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return 0;
  } catch (cause) {
    return exitCodeOf(cause);
  }
}

function addCommand(program: Command, name: string, description: string): Command {
  return program
    .command(name)
    .description(description)
    .option('--table <name>', "the cloud's traffic table (default: the running local system)")
    .option('--stream <name>', "the cloud's stream, for replay: records arrive now")
    .option(
      '--function <name>',
      "the cloud's ingest function, for replay: records keep their time of arrival",
    )
    .option('--region <name>', 'AWS region')
    .option('--profile <name>', 'AWS profile')
    .addOption(systemFolderOption());
}

function reasonOption(): Option {
  return new Option('--reason <code>', 'only records with this reason').choices(
    Object.keys(REJECTION_REASONS),
  );
}

async function withQuarantine(
  options: Choice,
  run: (quarantine: OpenQuarantine) => Promise<void>,
): Promise<void> {
  const quarantine = await openQuarantine({ ...options, system: userPath(options.system) });
  try {
    await run(quarantine);
  } finally {
    quarantine.close();
  }
}

async function list(
  quarantine: OpenQuarantine,
  { all = false, json = false, reason }: Choice,
): Promise<void> {
  const shown = json ? entryJson : entryLines;
  let count = 0;
  for await (const entry of entries(quarantine, { all, reason })) {
    process.stdout.write(`${shown(entry)}\n`);
    count++;
  }
  process.stderr.write(`${count} records${all ? '' : ' that have not been replayed'}.\n`);
}

async function* entries(
  { client, tables }: OpenQuarantine,
  { all, reason }: { all: boolean; reason: string | undefined },
): AsyncGenerator<QuarantineEntry> {
  for await (const entry of listQuarantine(client, tables)) {
    const wanted = reason === undefined || entry.reason === reason;
    if (wanted && (all || entry.replayed_at === undefined)) yield entry;
  }
}

async function show({ client, tables }: OpenQuarantine, place: string): Promise<void> {
  const item = await readQuarantined(client, tables, place);
  if (!item) throw new EdgeError(`There is no record ${place} in the quarantine: list shows them.`);
  process.stdout.write(`${itemText(item)}\n`);
}

/** A record that can't be sent does not block the others; the command fails at its end. */
async function replayAll(quarantine: OpenQuarantine, places: string[], { reason }: Choice): Promise<void> {
  const wanted = [...places];
  if (places.length === 0) {
    for await (const { sk } of entries(quarantine, { all: false, reason })) wanted.push(sk);
  }
  const problems: string[] = [];
  for (const place of wanted) {
    try {
      await replay(place, quarantine);
    } catch (cause) {
      if (!(cause instanceof EdgeError)) throw cause;
      problems.push(cause.message);
    }
  }
  process.stderr.write(`${wanted.length - problems.length} of ${wanted.length} records sent again.\n`);
  if (problems.length > 0) throw new EdgeError(problems.join('\n'));
}
