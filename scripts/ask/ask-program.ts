import { text } from 'node:stream/consumers';
import { Command, InvalidArgumentError } from 'commander';
import { postJson } from '../../core/appsync/post-json.ts';
import { exitCodeOf } from '../../edge/cli/exit-code.ts';
import { systemFolderOption } from '../../edge/cli/system-folder.ts';
import { EdgeError } from '../../edge/edge-error.ts';
import { localUser } from '../token/local-user.ts';
import { timeRange } from './time-range.ts';

interface AskOptions {
  as: string;
  var: Record<string, unknown>;
  /** Milliseconds. */
  last: number;
  pick?: string;
  system: string;
}

interface GraphqlAnswer {
  data?: unknown;
  errors?: { message: string }[] | null;
}

const HOUR_MS = 3_600_000;

/** Runs the ask program and returns its exit code: 0 done, 1 failed, 2 bad usage. */
export async function runAsk(argv: readonly string[]): Promise<number> {
  const program = new Command('ask')
    .description('Queries the GraphQL API of the running local system and prints the answer.')
    .argument('[query]', 'GraphQL (default: the standard input)')
    .option('--as <group>', 'role to query as: admin, operator or viewer', 'viewer')
    .option('--var <name=value>', 'a variable of the query; can be repeated', variable, {})
    .option('--last <time>', 'time span of $from and $to, up to now: 90s, 30m, 6h, 7d', duration, HOUR_MS)
    .option('--pick <path>', 'print only one value of the data, such as sites.items.0.id')
    .addOption(systemFolderOption())
    .showHelpAfterError('(use --help for usage)')
    .exitOverride()
    .action(async (query: string | undefined, options: AskOptions) => {
      process.stdout.write(await ask(query ?? (await text(process.stdin)), options));
    });
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return 0;
  } catch (cause) {
    return exitCodeOf(cause);
  }
}

async function ask(query: string, { as, var: given, last, pick, system }: AskOptions): Promise<string> {
  const { local, token } = await localUser(as, system);
  const variables = { ...timeRange(query, last, Date.now()), ...given };
  const { json } = await postJson(local.graphql, JSON.stringify({ query, variables }), {
    headers: { authorization: token, 'content-type': 'application/json' },
    errorOf: failure =>
      new EdgeError(
        failure.kind === 'refused'
          ? failure.messages.join('\n') || failure.text
          : `${local.graphql} doesn't answer: check the output of npm start.`,
      ),
  });
  const { data, errors } = json as GraphqlAnswer;
  if (errors?.length) throw new EdgeError(errors.map(({ message }) => message).join('\n'));
  if (pick === undefined) return `${JSON.stringify(data, undefined, 2)}\n`;
  const value = valueAt(data, pick);
  return `${typeof value === 'string' ? value : JSON.stringify(value)}\n`;
}

/** @throws EdgeError when there is no value at the path */
function valueAt(data: unknown, path: string): unknown {
  const value = path
    .split('.')
    .reduce<unknown>((inner, name) => (inner as Record<string, unknown> | null | undefined)?.[name], data);
  if (value === undefined) throw new EdgeError(`The answer has no value at ${path}: ${JSON.stringify(data)}`);
  return value;
}

/** Reads `limit=5` as a number and `name=Berlin` as text: a value is JSON if it is valid JSON. */
function variable(given: string, before: Record<string, unknown>): Record<string, unknown> {
  const [, name, value] = /^(\w+)=(.*)$/s.exec(given) ?? [];
  if (name === undefined || value === undefined) {
    throw new InvalidArgumentError('A variable must have the form name=value.');
  }
  return { ...before, [name]: asJson(value) };
}

function asJson(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

const UNITS_MS: Record<string, number> = { s: 1000, m: 60_000, h: HOUR_MS, d: 24 * HOUR_MS };

function duration(given: string): number {
  const [, number, unit] = /^(\d{1,6})([smhd])$/.exec(given) ?? [];
  if (number === undefined || Number(number) === 0) {
    throw new InvalidArgumentError('A time must be a whole number with s, m, h or d, such as 6h.');
  }
  return Number(number) * UNITS_MS[unit!]!;
}
