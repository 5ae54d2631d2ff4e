import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { exportText } from '../../core/export/export-text.ts';
import { EXPORT_FORMATS, type ExportFormat } from '../../core/export/table.ts';
import { urlValue, userPath, wholeValue } from '../../edge/cli/option-values.ts';
import { openTerminal } from '../../edge/cli/terminal.ts';
import { EdgeError } from '../../edge/edge-error.ts';
import { noSystem, openGraphql } from '../../edge/system/open-graphql.ts';
import { audit } from './audit.ts';
import type { ExportOptions, ExportSource } from './export-source.ts';
import { flows } from './flows.ts';
import { history } from './history.ts';
import { isMixed, STATS_GROUPS, stats } from './stats.ts';
import { writeExport } from './write-export.ts';

const BAD_USAGE = 2;
const DAY_MS = 86_400_000;

/** Where a local system's files lie, beside the program. */
const LOCAL_FOLDER = new URL('../../.local', import.meta.url).pathname;

interface ProgramOptions extends Omit<ExportOptions, 'from' | 'to'> {
  from?: string;
  to?: string;
  format?: ExportFormat;
  output: string;
  system: string;
  graphql?: string;
  token?: string;
}

/** Runs the export program and gives its exit code: 0 done, 1 failed, 2 bad usage. */
export async function runExport(argv: readonly string[]): Promise<number> {
  const program = new Command('export')
    .description('Writes history, sums, flows or the audit log to a file.')
    .showHelpAfterError('(--help shows what there is)')
    .exitOverride();
  addSource(program, { name: 'history', source: history, description: 'interval by interval' }).option(
    '--resolution <name>',
    'MINUTE, HOUR or DAY (default: the finest that is kept and fits)',
  );
  addSource(program, { name: 'stats', source: stats, description: 'sums by group, largest first' })
    .option('--by <groups>', `comma-separated: ${STATS_GROUPS.join(', ')}`, groupsValue, ['POLICY'])
    .option('--order <name>', 'BYTES or PACKETS', 'BYTES');
  addSource(program, { name: 'flows', source: flows, description: 'the flow log, newest first' })
    .option('--address <prefix>', 'address or prefix at either end')
    .option('--port <number>', 'port at either end', wholeValue(0, 65_535))
    .option('--protocol <number>', 'IP protocol', wholeValue(0, 255))
    .option('--application <name>', 'such as Web or VoIP');
  addSource(program, { name: 'audit', source: audit, description: 'who did what, newest first' })
    .option('--actor <name>', 'sub, e-mail address or user name')
    .option('--action <operation>', 'such as deletePolicy')
    .option('--target <target>', 'such as policy:7');
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return 0;
  } catch (cause) {
    return failed(cause);
  }
}

function addSource(
  program: Command,
  { name, source, description }: { name: string; source: ExportSource; description: string },
): Command {
  const command = program
    .command(name)
    .description(description)
    .option('--from <time>', 'RFC 3339 (default: a day before --to)', timeValue)
    .option('--to <time>', 'RFC 3339 (default: now)', timeValue)
    .addOption(
      new Option('--format <name>', "default: by the file's name, else csv").choices([...EXPORT_FORMATS]),
    )
    .option('--output <file>', '- is the standard output', '-')
    .option('--graphql <url>', 'GraphQL address in the cloud (default: the running local system)', urlValue)
    .option('--token <token>', 'access token for --graphql')
    .addOption(
      new Option('--system <folder>', 'folder that the local system keeps its addresses in').default(
        LOCAL_FOLDER,
        '.local',
      ),
    )
    .action(async (given: ProgramOptions) => {
      if (isMixed(given.by ?? [])) {
        command.error('error: --by takes groups of counters or of flows, not both at once');
      }
      await exportTo(source, given);
    });
  if (source === audit) return command;
  return command
    .option('--policy <id>', 'only this policy')
    .option('--site <id>', 'only this site')
    .option('--endpoint <id>', 'only this endpoint')
    .option('--edge <id>', 'only this edge');
}

async function exportTo(source: ExportSource, given: ProgramOptions): Promise<void> {
  const { graphql, token } = given;
  const client = await openGraphql({
    system: userPath(given.system),
    ...(graphql !== undefined && { graphql }),
    ...(token !== undefined && { token }),
  });
  if (!client) throw noSystem();
  const to = given.to ?? new Date().toISOString();
  const from = given.from ?? new Date(Date.parse(to) - DAY_MS).toISOString();
  const options: ExportOptions = { ...given, from, to };
  const output = given.output === '-' ? '-' : userPath(given.output);
  const format = given.format ?? (/\.(jsonl|ndjson)$/i.test(output) ? 'jsonl' : 'csv');
  const terminal = openTerminal();
  let rows = 0;
  async function* counted(): AsyncGenerator<unknown[]> {
    for await (const page of source.pages(client!, options, share =>
      terminal.progress('Exporting', Math.round(share * 1000), 1000),
    )) {
      rows += page.length;
      yield page;
    }
  }
  try {
    await writeExport(output, exportText(counted(), { columns: source.columns(options), format }));
  } finally {
    terminal.endProgress();
  }
  terminal.say(`${rows} rows${output === '-' ? '' : ` in ${given.output}`}.`);
}

function timeValue(text: string): string {
  const time = Date.parse(text);
  if (Number.isFinite(time)) return new Date(time).toISOString();
  throw new InvalidArgumentError('It must be a time such as 2026-01-31T12:00:00Z.');
}

function groupsValue(text: string): string[] {
  const groups = text.toUpperCase().split(',');
  if (groups.every(group => STATS_GROUPS.includes(group))) return groups;
  throw new InvalidArgumentError(`It must be one or more of ${STATS_GROUPS.join(', ')}.`);
}

function failed(cause: unknown): number {
  if (cause instanceof CommanderError) return cause.exitCode === 0 ? 0 : BAD_USAGE;
  const message = cause instanceof Error ? cause.message : String(cause);
  const known = cause instanceof EdgeError || (cause as NodeJS.ErrnoException).code !== undefined;
  process.stderr.write(known ? `${message}\n` : `Something unexpected went wrong: ${message}\n`);
  return 1;
}
