import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeGuard, type Observer } from '../../../local/rights/guard.ts';
import { RECORD_VARIABLE, recordRights } from '../../../local/rights/record-rights.ts';
import { watchRequests } from '../../../local/rights/watch-requests.ts';
import { NO_SUCH_TABLE } from '../tables.ts';
import { acting } from './acting.ts';
import type { DeployedFunction } from './deployed-rights.ts';
import { renameResources } from './rename-resources.ts';
import { RIGHTS_FILE } from './rights-of-run.ts';

watchRequests(request =>
  request.body.includes(NO_SUCH_TABLE) ? undefined : acting.getStore()?.watch(request),
);

let deployed: Record<string, DeployedFunction> | undefined;
const recorders = new Map<string, Observer>();

function functionOf(name: string, folder: string): DeployedFunction {
  deployed ??= JSON.parse(readFileSync(join(folder, RIGHTS_FILE), 'utf8')) as typeof deployed;
  const found = deployed![name];
  if (!found) throw new Error(`The stacks have no function ${name}: ${Object.keys(deployed!).join(', ')}.`);
  return found;
}

/**
 * Runs an action with the rights of a deployed function, with a short name such as
 * "deletionworker": its calls of AWS are judged by the policies in the stacks. A call without a
 * right fails here, even if the code under test ignores it.
 */
export async function asFunction<Result>(name: string, run: () => Promise<Result>): Promise<Result> {
  const folder = process.env[RECORD_VARIABLE];
  // A benchmark, not a test.
  if (folder === undefined) return run();
  const { rights, environment } = functionOf(name, folder);
  const record = recorders.get(name) ?? recordRights(folder, name);
  recorders.set(name, record);
  const refusals: Error[] = [];
  const guard = makeGuard(rights, {
    rename: renameResources(environment),
    onGrant: record.onGrant!,
    onRefusal(refusal) {
      record.onRefusal!(refusal);
      refusals.push(refusal);
    },
  });
  const [outcome] = await Promise.allSettled([acting.run({ name, watch: guard }, run)]);
  if (refusals[0]) throw new Error(`Function ${name} lacks a right. ${refusals[0].message}`);
  if (outcome.status === 'rejected') throw outcome.reason;
  return outcome.value;
}

/** The same for each call of a function: `const watch = withRights('cleanup', watchNetwork)`. */
export function withRights<Given extends unknown[], Result>(
  name: string,
  run: (...given: Given) => Promise<Result>,
): (...given: Given) => Promise<Result> {
  return (...given) => asFunction(name, () => run(...given));
}

/** Runs the actions of others during a function, without its rights. */
export function besideFunction<Result>(run: () => Result): Result {
  return acting.exit(run);
}
