import { Command, InvalidArgumentError, Option } from 'commander';
import type { ExportReader } from '../../core/export/export-reader.ts';
import {
  EXPORT_GROUPS,
  type ExportFields,
  type ExportGroup,
  type ExportGrouping,
  type ExportKind,
  type ExportRequest,
  exportRequest,
  groupingOf,
} from '../../core/export/export-request.ts';
import { type ExportRow, exportTable } from '../../core/export/export-tables.ts';
import { exportText } from '../../core/export/export-text.ts';
import { ORDERS, type Order } from '../../core/history/aggregate.ts';
import { RESOLUTION_NAMES } from '../../core/history/resolution.ts';
import { APPLICATION_CLASSES } from '../../core/policy/application-class.ts';
import { EXPORT_FORMATS, type ExportFormat } from '../../core/rows/table.ts';
import { exitCodeOf, isPlanned } from '../../edge/cli/exit-code.ts';
import { userPath, wholeValue } from '../../edge/cli/option-values.ts';
import {
  type ApiOptions,
  addApiOptions,
  apiContradiction,
  targetOptions,
} from '../../edge/cli/system-options.ts';
import { openTerminal } from '../../edge/cli/terminal.ts';
import { noSystem, openGraphql } from '../../edge/system/open-graphql.ts';
import { graphqlReader, settleOverApi } from './graphql-reader.ts';
import { writeExport } from './write-export.ts';

const DAY_MS = 86_400_000;

interface ProgramOptions
  extends Pick<
      ExportFields,
      'resolution' | 'address' | 'port' | 'protocol' | 'application' | 'actor' | 'action' | 'target'
    >,
    ApiOptions {
  /** Milliseconds since the epoch. */
  from?: number;
  to?: number;
  policy?: string;
  site?: string;
  endpoint?: string;
  edge?: string;
  by?: ExportGroup[];
  order?: Order;
  format?: ExportFormat;
  output: string;
}

/** Runs the export program and returns its exit code: 0 done, 1 failed, 2 bad usage. */
export async function runExport(argv: readonly string[]): Promise<number> {
  const program = new Command('export')
    .description('Writes history, sums, flows or the audit log to a file.')
    .showHelpAfterError('(use --help for usage)')
    .exitOverride();
  addKind(program, { kind: 'HISTORY', description: 'interval by interval' }).addOption(
    new Option('--resolution <name>', 'default: the finest available').choices(RESOLUTION_NAMES),
  );
  addKind(program, { kind: 'STATS', description: 'sums by group, largest first' })
    .option('--by <groups>', `comma-separated: ${EXPORT_GROUPS.join(', ')}`, groupsValue, ['POLICY'])
    .addOption(new Option('--order <name>', 'figure to sort by').choices(ORDERS).default('BYTES'));
  addKind(program, { kind: 'FLOWS', description: 'the flow log, newest first' })
    .option('--address <prefix>', 'address or prefix at either end')
    .option('--port <number>', 'port at either end', wholeValue(0, 65_535))
    .option('--protocol <number>', 'IP protocol', wholeValue(0, 255))
    .addOption(
      new Option('--application <name>', 'class of application, by port').choices(APPLICATION_CLASSES),
    );
  addKind(program, { kind: 'AUDIT', description: 'who did what, newest first' })
    .option('--actor <name>', 'sub, e-mail address or user name')
    .option('--action <operation>', 'such as deletePolicy')
    .option('--target <target>', 'such as policy:7');
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return 0;
  } catch (cause) {
    return exitCodeOf(cause, isKnown);
  }
}

function addKind(
  program: Command,
  { kind, description }: { kind: ExportKind; description: string },
): Command {
  const command = program
    .command(kind.toLowerCase())
    .description(description)
    .option('--from <time>', 'RFC 3339 (default: a day before --to)', timeValue)
    .option('--to <time>', 'RFC 3339 (default: now)', timeValue)
    .addOption(
      new Option('--format <name>', "default: by the file's name, otherwise csv").choices(EXPORT_FORMATS),
    )
    .option('--output <file>', '- for the standard output', '-')
    .action(async ({ by, ...given }: ProgramOptions) => {
      const wrong = apiContradiction(given);
      if (wrong) command.error(`error: ${wrong}`);
      const group_by = by && groupingOf(by);
      if (by && !group_by) {
        command.error('error: --by accepts groups of counters or of flows, not both at once');
      }
      await exportTo(kind, { ...given, group_by });
    });
  addApiOptions(command);
  if (kind === 'AUDIT') return command;
  return command
    .option('--policy <id>', 'only this policy')
    .option('--site <id>', 'only this site')
    .option('--endpoint <id>', 'only this endpoint')
    .option('--edge <id>', 'only this edge');
}

/** The options, after checking that the groups belong to one export. */
type ExportOptions = Omit<ProgramOptions, 'by'> & { group_by: ExportGrouping | undefined };

async function exportTo(kind: ExportKind, given: ExportOptions): Promise<void> {
  const client = await openGraphql(targetOptions(given));
  if (!client) throw noSystem();
  const output = given.output === '-' ? '-' : userPath(given.output);
  const format = given.format ?? (/\.(jsonl|ndjson)$/i.test(output) ? 'jsonl' : 'csv');
  const request = await settleOverApi(client, requestOf(given, { kind, format }));
  const table = exportTable(request);
  const terminal = openTerminal();
  let rows = 0;
  async function* counted(reader: ExportReader): AsyncGenerator<ExportRow[]> {
    for await (const page of table.pages(reader, request)) {
      terminal.progress('Exporting', Math.round(page.share * 1000), 1000);
      rows += page.rows.length;
      yield page.rows;
    }
  }
  try {
    await writeExport(
      output,
      exportText(counted(graphqlReader(client)), { columns: table.columns(request), format }),
    );
  } finally {
    terminal.endProgress();
  }
  terminal.say(`${rows} rows${output === '-' ? '' : ` in ${given.output}`}.`);
}

function requestOf(
  given: ExportOptions,
  { kind, format }: { kind: ExportKind; format: ExportFormat },
): ExportRequest {
  const { policy, site, endpoint, edge, order, ...fields } = given;
  const { to = Date.now(), from = to - DAY_MS } = given;
  const ids = { policy_id: policy, site_id: site, endpoint_id: endpoint, edge_id: edge };
  return exportRequest(kind, { ...fields, ...ids, order_by: order, format, from, to });
}

function timeValue(text: string): number {
  const time = Date.parse(text);
  if (Number.isFinite(time)) return time;
  throw new InvalidArgumentError('It must be a time such as 2026-01-31T12:00:00Z.');
}

function groupsValue(text: string): ExportGroup[] {
  const groups = text.toUpperCase().split(',') as ExportGroup[];
  if (groups.every(group => EXPORT_GROUPS.includes(group))) return groups;
  throw new InvalidArgumentError(`It must be one or more of ${EXPORT_GROUPS.join(', ')}.`);
}

/** Adds a message to a system error about a file that can't be written. */
function isKnown(cause: unknown): boolean {
  return isPlanned(cause) || (cause as NodeJS.ErrnoException).code !== undefined;
}
