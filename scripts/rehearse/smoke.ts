import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Emulator } from './emulator.ts';
import { runProgram } from './group-process.ts';

/** Steps of the smoke test that MiniStack can't show. */
const NOT_SHOWN = {
  commands: 'MiniStack has no subscriptions',
  machine: 'MiniStack passes no identity of IAM callers to resolvers',
};

const AWS_PROGRAM = fileURLToPath(new URL('../aws.ts', import.meta.url));

export interface SmokeRun {
  emulator: Emulator;
  folder: string;
  stage: string;
  signal: AbortSignal;
}

/**
 * Runs `npm run aws -- smoke` on a stage. @returns its last line @throws EdgeError with its output
 * when a step fails
 */
export async function smoke({ emulator, folder, stage, signal }: SmokeRun): Promise<string> {
  const leftOut = Object.entries(NOT_SHOWN).flatMap(([step, why]) => ['--skip', `${step}=${why}`]);
  const said = await runProgram({
    command: process.execPath,
    args: [AWS_PROGRAM, 'smoke', '--stage', stage, '--endpoint', emulator.endpoint, ...leftOut],
    env: emulator.environment,
    cwd: folder,
    log: join(folder, 'smoke.log'),
    signal,
  });
  return said.trim().split('\n').at(-1)!.replace(/\.$/, '');
}
