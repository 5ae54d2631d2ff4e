import { readdirSync } from 'node:fs';
import { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { roleSettings, SETTINGS } from '../../../functions/settings.ts';
import { makeApp } from '../../../lib/patronus-app.ts';
import { projectFile } from '../../support/project-files.ts';

/** Variables that Lambda and libraries read, and no code of a function. */
const OF_LIBRARIES = ['NODE_OPTIONS', 'POWERTOOLS_METRICS_NAMESPACE', 'POWERTOOLS_SERVICE_NAME'];
/** Variables that Lambda itself sets in a function's environment. */
const OF_LAMBDA = { ...roleSettings, AWS_LAMBDA_FUNCTION_NAME: undefined };

const folders = readdirSync(projectFile('functions'), { withFileTypes: true })
  .filter(entry => entry.isDirectory())
  .map(({ name }) => name);

const { stacks } = makeApp({ 'aws:cdk:bundling-stacks': [] });
const values = new Map<string, Record<string, unknown>>(
  stacks
    .flatMap(stack => Object.values(Template.fromStack(stack).findResources('AWS::Lambda::Function')))
    .flatMap(({ Properties }) => {
      const variables: Record<string, string> = Properties.Environment?.Variables ?? {};
      const folder = variables.POWERTOOLS_SERVICE_NAME;
      return folder === undefined ? [] : [[folder, variables] as const];
    }),
);

const given = new Map([...values].map(([folder, variables]) => [folder, Object.keys(variables)]));

async function schemaOf(folder: string): Promise<z.ZodObject> {
  const module = (await import(`../../../functions/${folder}/environment.ts`)) as {
    environmentSchema: z.ZodObject;
  };
  return module.environmentSchema;
}

describe('the settings of a function', () => {
  it('are given to every function', () => {
    expect([...given.keys()].sort()).toEqual(folders.sort());
  });

  it.each(folders)('%s gets the variables that it reads, and no others', async folder => {
    const { shape } = await schemaOf(folder);
    const names = (given.get(folder) ?? []).filter(name => !OF_LIBRARIES.includes(name));
    expect(
      names.filter(name => !(name in shape)),
      'given, but read by no code: environment.ts lacks it',
    ).toEqual([]);
    const needed = Object.entries(shape)
      .filter(([name, schema]) => !(name in OF_LAMBDA) && !schema.safeParse(undefined).success)
      .map(([name]) => name);
    expect(
      needed.filter(name => !names.includes(name)),
      'read, but not given: lib/ lacks it',
    ).toEqual([]);
  });

  it.each(folders)('%s takes its schemas from functions/settings.ts', async folder => {
    const { shape } = await schemaOf(folder);
    const others = Object.entries(shape).filter(
      ([name, schema]) => !(name in OF_LAMBDA) && SETTINGS[name as keyof typeof SETTINGS] !== schema,
    );
    expect(others.map(([name]) => name)).toEqual([]);
  });

  it('are each read by at least one function', async () => {
    const read = new Set<string>();
    for (const folder of folders)
      for (const name of Object.keys((await schemaOf(folder)).shape)) read.add(name);
    expect(Object.keys(SETTINGS).filter(name => !read.has(name))).toEqual([]);
  });

  it.each(folders)('%s gets each configurable setting that it reads', async folder => {
    const { shape } = await schemaOf(folder);
    const chosen = new Set([...given.values()].flat());
    const missing = Object.keys(shape).filter(name => chosen.has(name) && !given.get(folder)!.includes(name));
    expect(missing, 'its default would hold here and the choice elsewhere').toEqual([]);
  });

  it.each(folders)('%s has the same defaults as the stacks', async folder => {
    const { shape } = await schemaOf(folder);
    const others = Object.entries(values.get(folder)!).filter(([name, value]) => {
      const byDefault = (shape[name] as z.ZodType | undefined)?.safeParse(undefined);
      return byDefault?.success && (shape[name] as z.ZodType).parse(value) !== byDefault.data;
    });
    expect(others).toEqual([]);
  });
});
