import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defaultCache, keptBuild } from '../kept-builds/kept-build.ts';

const PROJECT = fileURLToPath(new URL('../../', import.meta.url));

/** All sources of templates without bundles. */
const STACK_SOURCES = ['bin/**', 'lib/**', 'core/console/**', 'graphql/**', 'cdk.json', 'package-lock.json'];

/**
 * All sources of templates and bundles. A test compares them with the inputs in the bundles'
 * metadata.
 */
export const TEMPLATE_SOURCES = [
  ...STACK_SOURCES,
  'functions/**',
  'core/**',
  'web/**',
  'scripts/build-web.ts',
  'scripts/web/**',
];

export interface SynthesizeOptions {
  /** Settings as in `cdk deploy -c name=value`. */
  context?: Record<string, string>;
  /** False: without the code of functions, for callers that only read the templates. */
  bundles?: boolean;
  signal?: AbortSignal;
}

/**
 * Runs the CDK app like `cdk synth`, with the same context, so the templates and bundles are the
 * same as in a deployment. An earlier result for the same sources and settings is reused.
 * @returns the folder of the cloud assembly, which others may use too: nothing may be written there
 * @throws Error with what the app said, when it fails.
 */
export async function synthesize({
  context = {},
  bundles = true,
  signal,
}: SynthesizeOptions = {}): Promise<string> {
  const settings = await contextJson({ ...(!bundles && { 'aws:cdk:bundling-stacks': [] }), ...context });
  return keptBuild({
    cache: defaultCache('patronus-templates'),
    sources: bundles ? TEMPLATE_SOURCES : STACK_SOURCES,
    settings,
    build: folder => runApp(folder, settings, signal),
  });
}

/**
 * The same into a folder of the caller's own.
 * @throws Error with what the app said, when it fails.
 */
export async function synthesizeInto(
  folder: string,
  { context = {}, signal }: Omit<SynthesizeOptions, 'context'> & { context?: Record<string, unknown> } = {},
): Promise<void> {
  await runApp(folder, await contextJson(context), signal);
}

async function contextJson(context: Record<string, unknown>): Promise<string> {
  const cdk = JSON.parse(await readFile(join(PROJECT, 'cdk.json'), 'utf8')) as {
    context?: Record<string, unknown>;
  };
  return JSON.stringify({ ...cdk.context, ...context });
}

function runApp(folder: string, context: string, signal: AbortSignal | undefined): Promise<void> {
  const env = { ...process.env, CDK_OUTDIR: folder, CDK_CONTEXT_JSON: context };
  return new Promise((resolve, reject) =>
    execFile(
      process.execPath,
      ['bin/patronus.ts'],
      { cwd: PROJECT, env, ...(signal && { signal }) },
      (error, stdout, stderr) =>
        error ? reject(new Error(`The CDK app could not be synthesized.\n${stdout}${stderr}`)) : resolve(),
    ),
  );
}
