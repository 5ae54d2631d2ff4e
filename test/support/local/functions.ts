import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findHandler } from '../../../local/lambda/bundle-file.ts';
import {
  type LambdaFunction,
  type LambdaFunctionOptions,
  makeLambdaFunction,
} from '../../../local/lambda/lambda-function.ts';

export interface TestFunction {
  lambda: LambdaFunction;
  /** What it has printed. */
  output(): string;
  drop(): Promise<void>;
}

/** A function of the given source; its handler is the export `handler`. */
export async function testFunction(
  source: string,
  options: Partial<LambdaFunctionOptions> = {},
): Promise<TestFunction> {
  const folder = await mkdtemp(join(tmpdir(), 'patronus-function-'));
  await writeFile(join(folder, 'index.mjs'), source);
  let output = '';
  const lambda = makeLambdaFunction({
    ...findHandler(folder, 'index.handler'),
    functionName: 'subject',
    functionArn: 'arn:aws:lambda:eu-central-1:000000000000:function:subject',
    logGroupName: '/aws/lambda/subject',
    memoryMb: 128,
    timeoutMs: 20_000,
    environment: {},
    log: text => {
      output += text;
    },
    ...options,
  });
  return {
    lambda,
    output: () => output,
    async drop() {
      await lambda.stop();
      await rm(folder, { recursive: true });
    },
  };
}
