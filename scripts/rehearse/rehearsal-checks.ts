import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { EdgeError } from '../../edge/edge-error.ts';
import type { Cdk } from './cdk.ts';
import { clientOptions } from './deployed-system.ts';
import type { Emulator } from './emulator.ts';

/** Deploys what is deployed. @throws EdgeError naming the stacks that changed */
export async function changesNothing(cdk: Cdk, assembly: string, signal: AbortSignal): Promise<void> {
  const { stacks } = await cdk.deploy(assembly, signal);
  const changed = stacks.filter(stack => stack.changed).map(({ name }) => name);
  if (changed.length > 0) throw new EdgeError(`The same templates changed ${changed.join(', ')}.`);
}

/** Has something fail. @throws EdgeError when it doesn't */
export async function isRefused(attempt: () => Promise<unknown>, signal: AbortSignal): Promise<void> {
  try {
    await attempt();
  } catch (cause) {
    if (cause instanceof EdgeError && !signal.aborted) return;
    throw cause;
  }
  throw new EdgeError('It went through.');
}

/** @throws EdgeError when the last update of a stack wasn't taken back whole */
export async function wasRolledBack(emulator: Emulator, StackName: string): Promise<void> {
  const { Stacks } = await new CloudFormationClient(clientOptions(emulator)).send(
    new DescribeStacksCommand({ StackName }),
  );
  const status = Stacks?.[0]?.StackStatus;
  if (status !== 'UPDATE_ROLLBACK_COMPLETE') throw new EdgeError(`${StackName} is ${status} after it.`);
}

/**
 * What went wrong in functions, each once, by the log of the emulator: rights they lack, errors
 * that they noted or ended with.
 */
export function problemsIn(log: string): string[] {
  const refused = log.matchAll(/assumed-role\/([\w-]+)\/\S+ is not authorized to perform: ([\w:]+)/g);
  const noted = log.matchAll(/"level":"ERROR","message":"((?:[^"\\]|\\.)*)".*?"service":"([\w-]+)"/g);
  const ended = log.matchAll(/ERROR \[lambda\] (.*)/g);
  return [
    ...new Set([
      ...[...refused].map(([, role, action]) => `${role} may not ${action}.`),
      ...[...noted].map(([, message, service]) => `${service}: ${message}`),
      ...[...ended].map(([, message]) => message!),
    ]),
  ];
}
