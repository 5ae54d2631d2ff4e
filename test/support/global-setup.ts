import type { TestProject } from 'vitest/node';
import { startDynamoDb } from '../../local/engines/dynamodb.ts';
import type { Engine } from '../../local/engines/engine.ts';
import { rightsComplaints } from './rights/rights-complaints.ts';
import { openRightsOfRun, type RightsOfRun } from './rights/rights-of-run.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    dynamodbEndpoint: string;
  }
}

interface Run {
  dynamodb: Engine;
  rights: RightsOfRun;
  /** The number of Vitest projects that use the run. */
  projects: number;
}

/** Each Vitest project loads its own copy of this module. */
const runs = globalThis as { patronusTestRun?: Promise<Run> };

async function start(): Promise<Run> {
  const [dynamodb, rights] = await Promise.all([startDynamoDb(), openRightsOfRun()]);
  // Engines that tests start end after a minute: without the optimizing compiler they use half the
  // CPU.
  process.env.JDK_JAVA_OPTIONS = '-XX:TieredStopAtLevel=1';
  return { dynamodb, rights, projects: 0 };
}

/** One DynamoDB Local for the whole run; every test file creates its own tables in it. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  runs.patronusTestRun ??= start();
  const run = await runs.patronusTestRun;
  const { dynamodb, rights } = run;
  run.projects += 1;
  project.provide('dynamodbEndpoint', dynamodb.endpoint);
  return async () => {
    run.projects -= 1;
    if (run.projects > 0) return;
    await dynamodb.stop();
    const complaints = rightsComplaints(rights.functions, await rights.read(), {
      whole: await ranWhole(project),
    });
    await rights.remove();
    if (complaints.length > 0) throw new Error(complaints.join('\n'));
  };
}

/** Whether all test files ran and none failed: only then an unused right is meaningful. */
async function ranWhole({ vitest }: TestProject): Promise<boolean> {
  const all = await Promise.all(vitest.projects.map(each => each.globTestFiles()));
  const files = all.flatMap(({ testFiles }) => testFiles);
  const ran = vitest.state.getFiles();
  const failed = ran.some(({ result }) => result?.state === 'fail');
  return !failed && ran.length === files.length && vitest.config.testNamePattern === undefined;
}
