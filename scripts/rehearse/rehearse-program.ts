import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Command } from 'commander';
import { exitCodeOf } from '../../edge/cli/exit-code.ts';
import { EdgeError } from '../../edge/edge-error.ts';
import { pythonWith, ToolMissing } from '../python/python-tool.ts';
import { GAPS } from './gaps.ts';
import { rehearse } from './rehearsal.ts';
import { makeSteps } from './steps.ts';

/** Runs the rehearsal and gives its exit code: 0 done or skipped, 1 failed, 2 bad usage. */
export async function runRehearse(argv: readonly string[]): Promise<number> {
  const program = new Command('npm run rehearse --')
    .description(
      'Deploys the system to MiniStack, an emulator of AWS on this machine, with IAM enforced: bootstrap, deployment, traffic counted exactly, update, roll-back, a second stage, destruction. It leaves nothing running.',
    )
    .option('--logs <folder>', 'where logs and templates of each run are kept', '.local/rehearsals')
    .exitOverride();
  try {
    const { logs } = program.parse([...argv], { from: 'user' }).opts<{ logs: string }>();
    return await run(logs);
  } catch (cause) {
    return exitCodeOf(cause);
  }
}

async function run(logs: string): Promise<number> {
  const abort = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => abort.abort(new EdgeError('The rehearsal was ended before its time.')));
  }
  const steps = makeSteps({
    write: text => process.stdout.write(text),
    now: () => performance.now(),
    signal: abort.signal,
  });
  const began = new Date();
  const folder = resolve(logs, began.toISOString().replaceAll(':', '-'));
  try {
    if (process.platform !== 'linux') {
      throw new ToolMissing('which addresses an emulator opens can be checked on Linux only.');
    }
    const python = await steps.run('MiniStack is installed', () => pythonWith('ministack'));
    mkdirSync(folder, { recursive: true });
    console.log(`  logs: ${folder}`);
    await rehearse({ steps, python, folder, signal: abort.signal });
  } catch (cause) {
    if (!(cause instanceof ToolMissing)) throw cause;
    console.log(`skipped: ${cause.message}`);
    return 0;
  } finally {
    await steps.end();
  }
  keepLogs(folder);
  console.log(`Rehearsed in ${((Date.now() - began.getTime()) / 1000).toFixed(0)} s. Not shown by it:`);
  for (const gap of GAPS) console.log(`- ${gap}`);
  return 0;
}

/**
 * Templates, bundles and the emulator's files are hundreds of megabytes: after a failure they help,
 * else the logs do.
 */
function keepLogs(folder: string): void {
  for (const name of readdirSync(folder)) {
    if (!name.endsWith('.log')) rmSync(join(folder, name), { recursive: true });
  }
}
