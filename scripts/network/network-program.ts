import { writeFile } from 'node:fs/promises';
import { createInterface } from 'node:readline/promises';
import { Command, CommanderError } from 'commander';
import type { GraphqlClient } from '../../core/appsync/graphql-client.ts';
import { count } from '../../core/count-words.ts';
import { exitCodeOf } from '../../edge/cli/exit-code.ts';
import { userPath } from '../../edge/cli/option-values.ts';
import { stopSignal } from '../../edge/cli/stop-signal.ts';
import {
  type ApiOptions,
  addApiOptions,
  apiContradiction,
  targetOptions,
} from '../../edge/cli/system-options.ts';
import { openTerminal, type Terminal } from '../../edge/cli/terminal.ts';
import { EdgeError } from '../../edge/edge-error.ts';
import { noSystem, openGraphql } from '../../edge/system/open-graphql.ts';
import { applyPlan, titleOf } from './apply-plan.ts';
import { fileContent } from './file-content.ts';
import { readNetworkFile } from './network-file.ts';
import type { SystemNetwork } from './network-model.ts';
import { isRemoval, type Plan } from './plan/plan.ts';
import { planNetwork } from './plan-network.ts';
import { planText } from './plan-text.ts';
import { previewDeletions } from './preview-deletions.ts';
import { readSystem } from './read-system.ts';
import { updatedFileText } from './update-network-file.ts';
import { networkFileText } from './write-network-file.ts';

/** The program's environment; tests replace it. */
export interface Surroundings {
  /** Asks the person yes or no; undefined: there is no terminal. */
  confirm?: ((question: string) => Promise<boolean>) | undefined;
  write?: (text: string) => void;
  signal?: AbortSignal;
}

const FAILED = 1;
const DIFFERS = 2;
const STOPPED = 130;

/**
 * Runs the network program and returns its exit code: 0 done, 1 failed or bad usage, 2 the system
 * differs (`plan --check`), 130 stopped between two steps.
 */
export async function runNetwork(argv: readonly string[], surroundings: Surroundings = {}): Promise<number> {
  let code = 0;
  const write = surroundings.write ?? (text => void process.stdout.write(text));
  const program = new Command('network')
    .description('Keeps policies, sites, endpoints, paths, routing and edges in a file.')
    .showHelpAfterError('(use --help for usage)')
    .exitOverride();
  const add = (
    command: Command,
    run: (argument: string, options: Options, command: Command) => Promise<number>,
  ) => {
    addApiOptions(command).action(async (...given: unknown[]) => {
      const [options, self] = given.slice(-2) as [Options, Command];
      const wrong = apiContradiction(options);
      if (wrong) self.error(`error: ${wrong}`);
      code = await run(String(given[0]), options, self);
    });
  };
  add(
    program
      .command('export')
      .description('print the network of a system as a file, or update a file from it')
      .option('--into <file>', 'an existing file: its comments, order and names are kept'),
    async (_, options) => {
      await exportNetwork(options, write);
      return 0;
    },
  );
  add(
    program
      .command('plan')
      .description('show the differences between a system and a file')
      .argument('<file>')
      .option('--check', 'exit code 2 if there are differences'),
    async (file, options) => {
      const { plan } = await openPlan(file, options);
      write(planText(plan));
      return options.check && plan.steps.length > 0 ? DIFFERS : 0;
    },
  );
  add(
    program
      .command('apply')
      .description('change a system to match a file, step by step; after an interruption run it again')
      .argument('<file>')
      .option('--yes', 'also delete and replace, without asking'),
    (file, options) => applyFile(file, options, { ...surroundings, write }),
  );
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return code;
  } catch (cause) {
    const failed = exitCodeOf(cause);
    // 2 says that the system differs.
    return cause instanceof CommanderError && failed !== 0 ? FAILED : failed;
  }
}

interface Options extends ApiOptions {
  into?: string;
  check?: boolean;
  yes?: boolean;
}

async function openApi(options: Options): Promise<GraphqlClient> {
  // Deleting a site is for administrators.
  const graphql = await openGraphql(targetOptions(options), { group: 'admin' });
  if (!graphql) throw noSystem();
  return graphql;
}

async function readNetwork(graphql: GraphqlClient): Promise<SystemNetwork> {
  const terminal = openTerminal();
  try {
    return await readSystem(graphql, share =>
      terminal.progress('Reading the network', Math.round(share * 1000), 1000),
    );
  } finally {
    terminal.endProgress();
  }
}

async function exportNetwork(options: Options, write: (text: string) => void): Promise<void> {
  const { into } = options;
  // An invalid file is reported before the system is queried.
  const file = into === undefined ? undefined : await readNetworkFile(userPath(into), into);
  const system = await readNetwork(await openApi(options));
  if (!file) {
    write(networkFileText(fileContent(system)));
    return;
  }
  try {
    await writeFile(userPath(into!), updatedFileText(file, system));
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === undefined) throw cause;
    throw new EdgeError(`${into} can't be written (${code}): check its permissions.`, { cause });
  }
}

async function openPlan(file: string, options: Options): Promise<{ plan: Plan; graphql: GraphqlClient }> {
  const { network, errorOf } = await readNetworkFile(userPath(file), file);
  const graphql = await openApi(options);
  const system = await readNetwork(graphql);
  const plan = planNetwork(network, system);
  if (plan.problems.length > 0) throw errorOf(plan.problems);
  return { plan: await previewDeletions(graphql, plan, system), graphql };
}

async function applyFile(
  file: string,
  options: Options,
  { write, signal, confirm = askAtTerminal() }: Surroundings & { write: (text: string) => void },
): Promise<number> {
  const { plan, graphql } = await openPlan(file, options);
  write(planText(plan));
  if (plan.steps.length === 0) return 0;
  await confirmRemovals(plan, options, confirm);
  const terminal = openTerminal();
  const stopped = signal ?? stopSignal(() => terminal.say('Stopping after the current step.'));
  const done = await applySteps(graphql, plan, { write, signal: stopped, terminal });
  const all = plan.steps.length;
  if (done < all) {
    terminal.say(`Stopped: ${done} of ${all} steps are done; repeat the same command for the others.`);
    return STOPPED;
  }
  write(`${count(done, 'step')} done.\n`);
  return 0;
}

async function applySteps(
  graphql: GraphqlClient,
  plan: Plan,
  { write, signal, terminal }: { write: (text: string) => void; signal: AbortSignal; terminal: Terminal },
): Promise<number> {
  try {
    return await applyPlan(graphql, plan, {
      signal,
      onStep(step, done, messages) {
        terminal.endProgress();
        write(`✓ ${titleOf(step)}${messages.map(message => `\n    ${message}`).join('')}\n`);
        terminal.progress('Applied', done, plan.steps.length);
      },
    });
  } finally {
    terminal.endProgress();
  }
}

/** @throws EdgeError when the plan removes something and that isn't confirmed */
async function confirmRemovals(
  { steps }: Plan,
  { yes }: Options,
  confirm: Surroundings['confirm'],
): Promise<void> {
  const removals = steps.filter(isRemoval).length;
  if (removals === 0 || yes) return;
  const what = `The plan deletes or replaces ${count(removals, 'thing')}`;
  if (!confirm) throw new EdgeError(`${what}: review it, and give --yes. Nothing was changed.`);
  if (!(await confirm(`${what}. Apply it? (yes/no) `))) throw new EdgeError('Nothing was changed.');
}

function askAtTerminal(): Surroundings['confirm'] {
  if (!process.stdin.isTTY) return undefined;
  return async question => {
    const lines = createInterface({ input: process.stdin, output: process.stderr });
    // Ctrl-C and Ctrl-D are no answer.
    const ended = new AbortController();
    for (const event of ['SIGINT', 'close']) lines.once(event, () => ended.abort());
    const answer = await lines.question(question, { signal: ended.signal }).catch(() => 'no');
    lines.close();
    return answer.trim().toLowerCase() === 'yes';
  };
}
