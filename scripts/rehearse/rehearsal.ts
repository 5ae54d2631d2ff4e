import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { EdgeError } from '../../edge/edge-error.ts';
import { synthesizeInto } from '../../local/template/synthesize.ts';
import { type Cdk, makeCdk } from './cdk.ts';
import { clientOptions, systemOf } from './deployed-system.ts';
import { type Emulator, startEmulator } from './emulator.ts';
import { makeOfficeEdge, sum, untilCounted, words } from './office-edge.ts';
import { spoilAssembly } from './spoil-assembly.ts';
import type { Steps } from './steps.ts';

export interface RehearsalOptions {
  steps: Steps;
  /** Python that has MiniStack. */
  python: string;
  /** Empty folder for logs, templates and the emulator's files. */
  folder: string;
  signal: AbortSignal;
}

/**
 * Deploys the system to an emulator as an operator does to an account: bootstrap, deployment, first traffic, update, an update that
 * fails, destruction.
 *
 * @throws EdgeError with what went wrong
 */
export async function rehearse({ steps, python, folder, signal }: RehearsalOptions): Promise<void> {
  const assembly = (name: string) => join(folder, `templates-${name}`);
  const emulator = await steps.run(
    'MiniStack starts, with IAM and TLS enforced',
    () => startEmulator({ python, folder, steps, signal }),
    ({ checkSockets }) =>
      `listens on ${checkSockets()
        .map(({ address, port }) => `${address}:${port}`)
        .join(', ')} alone`,
  );
  const cdk = makeCdk(emulator, folder);

  await steps.run('cdk bootstrap', () => cdk.bootstrap(signal));
  const { outputs } = await steps.run(
    'cdk deploy',
    async () => {
      await synthesizeInto(assembly('first'), { signal });
      return cdk.deploy(assembly('first'), signal);
    },
    ({ stacks }) => `${stacks.length} stacks`,
  );
  const system = await systemOf(outputs, emulator);
  const edge = await makeOfficeEdge(emulator, system, folder, signal);
  const counted = [await steps.run('an edge reports', () => edge.report(signal), words)];
  const count = (name: string) =>
    steps.run(
      name,
      () => untilCounted(system, sum(...counted), signal),
      () => words(sum(...counted)),
    );
  await count('its traffic is counted exactly');

  await steps.run('cdk deploy again changes nothing', () => deployAgain(cdk, assembly('first'), signal));
  await steps.run('an update with other settings', async () => {
    await synthesizeInto(assembly('updated'), { context: UPDATED, signal });
    await cdk.deploy(assembly('updated'), signal);
  });
  counted.push(await edge.report(signal));
  await count('counting goes on after it');

  await steps.run('an update that fails is rolled back', async () => {
    await cp(assembly('updated'), assembly('spoilt'), { recursive: true });
    await spoilAssembly(assembly('spoilt'), 'PatronusIngest');
    await failToDeploy(cdk, assembly('spoilt'), signal);
    await checkRolledBack(emulator, 'PatronusIngest');
  });
  counted.push(await edge.report(signal));
  await count('counting goes on after that too');
  await steps.run('cdk destroy', () => cdk.destroy(assembly('updated'), signal));
  await steps.run('nothing has tried to leave this machine', async () => {
    emulator.checkSockets();
    const { refused } = emulator.wayOut;
    if (refused.size > 0) throw new EdgeError(`These hosts were asked for: ${[...refused].join(', ')}.`);
  });
}

/** What an operator may change while it runs. */
const UPDATED = { counter_slots: '32', ingest_window_seconds: '1', shards: '2' };

async function deployAgain(cdk: Cdk, assembly: string, signal: AbortSignal): Promise<void> {
  const { stacks } = await cdk.deploy(assembly, signal);
  const changed = stacks.filter(stack => stack.changed).map(({ name }) => name);
  if (changed.length > 0) throw new EdgeError(`The same templates changed ${changed.join(', ')}.`);
}

async function failToDeploy(cdk: Cdk, assembly: string, signal: AbortSignal): Promise<void> {
  try {
    await cdk.deploy(assembly, signal);
  } catch (cause) {
    if (cause instanceof EdgeError && !signal.aborted) return;
    throw cause;
  }
  throw new EdgeError('A stack with a resource that can not be made was deployed.');
}

async function checkRolledBack(emulator: Emulator, StackName: string): Promise<void> {
  const { Stacks } = await new CloudFormationClient(clientOptions(emulator)).send(
    new DescribeStacksCommand({ StackName }),
  );
  const status = Stacks?.[0]?.StackStatus;
  if (status !== 'UPDATE_ROLLBACK_COMPLETE') throw new EdgeError(`${StackName} is ${status} after it.`);
}
