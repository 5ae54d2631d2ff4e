import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ACCOUNT, type Emulator, REGION } from './emulator.ts';
import { runProgram } from './group-process.ts';

const CDK = fileURLToPath(new URL('../../node_modules/aws-cdk/bin/cdk', import.meta.url));

/** Outputs of stacks, by stack and name. */
export type Outputs = Record<string, Record<string, string>>;

/** The CDK's command line, used with the emulator. */
export interface Cdk {
  bootstrap(signal: AbortSignal): Promise<void>;
  /**
   * Deploys all stacks of a cloud assembly.
   * @throws EdgeError with the CDK's output when a stack fails
   */
  deploy(assembly: string, signal: AbortSignal): Promise<Deployed>;
  destroy(assembly: string, signal: AbortSignal): Promise<void>;
}

export interface Deployed {
  outputs: Outputs;
  stacks: DeployedStack[];
}

export interface DeployedStack {
  name: string;
  /** Whether the deployment changed something. */
  changed: boolean;
}

export function makeCdk({ environment }: Pick<Emulator, 'environment'>, folder: string): Cdk {
  const run = (args: string[], signal: AbortSignal) =>
    runProgram({
      command: process.execPath,
      args: [CDK, ...args, '--ci', '--no-notices', '--no-color', '--progress', 'events'],
      env: environment,
      cwd: folder,
      log: join(folder, 'cdk.log'),
      signal,
    });
  return {
    async bootstrap(signal) {
      await run(['bootstrap', `aws://${ACCOUNT}/${REGION}`], signal);
    },
    async deploy(assembly, signal) {
      const file = join(folder, 'outputs.json');
      const approval = ['--require-approval', 'never'];
      const said = await run(
        ['deploy', '--all', '--app', assembly, '--concurrency', '3', '--outputs-file', file, ...approval],
        signal,
      );
      return {
        outputs: JSON.parse(await readFile(file, 'utf8')) as Outputs,
        stacks: deployedStacks(said),
      };
    },
    async destroy(assembly, signal) {
      await run(['destroy', '--all', '--force', '--app', assembly], signal);
    },
  };
}

/** The stacks that `cdk deploy` reports as done. */
export function deployedStacks(said: string): DeployedStack[] {
  return [...said.matchAll(/✅\s+(\S+)( \(no changes\))?/g)].map(([, name, unchanged]) => ({
    name: name!,
    changed: unchanged === undefined,
  }));
}
