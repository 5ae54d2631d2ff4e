import { cp, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EdgeError } from '../../edge/edge-error.ts';
import { synthesizeInto } from '../../local/template/synthesize.ts';
import { makeCdk } from './cdk.ts';
import { changeTemplate, changeTemplates } from './change-template.ts';
import { forMiniStack, spoilt } from './changed-templates.ts';
import { systemOf } from './deployed-system.ts';
import { startEmulator } from './emulator.ts';
import type { ListeningSocket } from './listening-sockets.ts';
import { type Counted, makeOfficeEdge, sum, untilCounted, words } from './office-edge.ts';
import { changesNothing, isRefused, problemsIn, wasRolledBack } from './rehearsal-checks.ts';
import { makeScheduleClock } from './schedule-clock.ts';
import { smoke } from './smoke.ts';
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
 * Deploys the system to an emulator like an operator to an account: bootstrap, deployment, first
 * traffic, update, a failing update, destruction.
 *
 * @throws EdgeError with the problem
 */
export async function rehearse({ steps, python, folder, signal }: RehearsalOptions): Promise<void> {
  const emulator = await steps.run(
    'MiniStack starts, with IAM and TLS enforced',
    () => startEmulator({ python, folder, steps, signal }),
    ({ checkSockets }) => `listens only on ${addresses(checkSockets())}`,
  );
  const cdk = makeCdk(emulator, folder);
  const synthesize = async (name: string, context: Record<string, string>) => {
    const assembly = join(folder, `templates-${name}`);
    await synthesizeInto(assembly, { context, signal });
    await changeTemplates(assembly, forMiniStack);
    return assembly;
  };

  await steps.run('cdk bootstrap', () => cdk.bootstrap(signal));
  const first = await steps.run('cdk synth', () => synthesize('first', {}));
  const { outputs } = await steps.run(
    'cdk deploy',
    () => cdk.deploy(first, signal),
    ({ stacks }) => `${stacks.length} stacks`,
  );
  const schedules = await makeScheduleClock(emulator, first);
  await steps.run(
    'the functions of schedules run',
    () => schedules.call(new Date()),
    count => `${count} calls`,
  );
  schedules.run(steps);

  const system = await systemOf(outputs, emulator);
  const edge = await makeOfficeEdge(emulator, system, folder, signal);
  const counted: Counted[] = [];
  const count = (name: string) =>
    steps.run(
      name,
      async () => {
        counted.push(await edge.report(signal));
        await untilCounted(system, sum(...counted), signal);
      },
      () => words(sum(...counted)),
    );
  await count('traffic of an edge is counted exactly');
  await steps.run('cdk deploy again changes nothing', () => changesNothing(cdk, first, signal));

  const updated = await steps.run('an update with other settings', async () => {
    const assembly = await synthesize('updated', UPDATED);
    await cdk.deploy(assembly, signal);
    return assembly;
  });
  await count('counting continues after it');
  await steps.run('an update that fails is rolled back', async () => {
    const spoiltAssembly = join(folder, 'templates-spoilt');
    await cp(updated, spoiltAssembly, { recursive: true });
    await changeTemplate(spoiltAssembly, 'PatronusIngest', spoilt);
    await isRefused(() => cdk.deploy(spoiltAssembly, signal), signal);
    await wasRolledBack(emulator, 'PatronusIngest');
  });
  await count('counting continues after that too');

  const production = await steps.run('a production stage is deployed in the same account', async () => {
    const assembly = await synthesize('production', PRODUCTION);
    await cdk.deploy(assembly, signal);
    return assembly;
  });
  const productionSchedules = await makeScheduleClock(emulator, production);
  productionSchedules.run(steps);
  await steps.run(
    'smoke test of the production stage',
    () => smoke({ emulator, folder, stage: 'prod', signal }),
    proven => proven,
  );
  await steps.run('the other stage has not counted any of it', () =>
    untilCounted(system, sum(...counted), signal),
  );
  await steps.run('cdk destroy of the production stage is refused', () =>
    isRefused(() => cdk.destroy(production, signal), signal),
  );
  await steps.run('cdk destroy of the other stage', () => cdk.destroy(updated, signal));
  await steps.run(
    'no function failed or was refused a right, and no process tried to reach another machine',
    async () => {
      emulator.checkSockets();
      const problems = [
        ...schedules.failures,
        ...productionSchedules.failures,
        ...problemsIn(await readFile(emulator.log, 'utf8')),
        ...[...emulator.wayOut.refused].map(host => `${host} was requested.`),
      ];
      if (problems.length > 0) throw new EdgeError(problems.join('\n'));
    },
  );
}

/** MiniStack has no CodeDeploy, which shifts calls to new code. */
const PRODUCTION = { stage: 'prod', canary_minutes: '0' };

/** Settings that an operator may change while it runs. */
const UPDATED = { counter_slots: '32', ingest_window_seconds: '1', shards: '2' };

function addresses(sockets: ListeningSocket[]): string {
  return sockets.map(({ address, port }) => `${address}:${port}`).join(', ');
}
