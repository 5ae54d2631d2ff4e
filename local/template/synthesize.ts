import { execFile } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PROJECT = fileURLToPath(new URL('../../', import.meta.url));

export interface SynthesizeOptions {
  /** Where the cloud assembly is written; what was there before is removed. */
  outputDirectory: string;
  /** Settings as `cdk deploy -c name=value` takes them. */
  context?: Record<string, string>;
  signal?: AbortSignal;
}

/**
 * Runs the CDK app as `cdk synth` does: the same context, so the same templates and bundles that a deployment uses.
 * @throws Error with what the app said, when it fails.
 */
export async function synthesize({
  outputDirectory,
  context = {},
  signal,
}: SynthesizeOptions): Promise<void> {
  const cdk = JSON.parse(await readFile(join(PROJECT, 'cdk.json'), 'utf8')) as {
    context?: Record<string, unknown>;
  };
  await rm(outputDirectory, { recursive: true, force: true });
  const env = {
    ...process.env,
    CDK_OUTDIR: outputDirectory,
    CDK_CONTEXT_JSON: JSON.stringify({ ...cdk.context, ...context }),
  };
  await new Promise<void>((resolve, reject) =>
    execFile(
      process.execPath,
      ['bin/patronus.ts'],
      { cwd: PROJECT, env, ...(signal && { signal }) },
      (error, stdout, stderr) =>
        error ? reject(new Error(`The CDK app could not be synthesized.\n${stdout}${stderr}`)) : resolve(),
    ),
  );
}
