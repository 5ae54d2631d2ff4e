import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { TemplateError } from './template-error.ts';

const resourceSchema = z.strictObject({
  Type: z.string(),
  Properties: z.record(z.string(), z.unknown()).default({}),
  Condition: z.string().optional(),
  // References and the kinds of resources define the order. Deletion policies have no meaning here.
  DependsOn: z.unknown().optional(),
  DeletionPolicy: z.unknown().optional(),
  UpdateReplacePolicy: z.unknown().optional(),
  // How an alias moves to another version; there is only one version here.
  UpdatePolicy: z.unknown().optional(),
  Metadata: z.unknown().optional(),
});

const templateSchema = z.strictObject({
  AWSTemplateFormatVersion: z.string().optional(),
  Description: z.string().optional(),
  Metadata: z.unknown().optional(),
  // Only the parts for the CDK's bootstrap version check.
  Rules: z.unknown().optional(),
  Parameters: z.record(z.string(), z.object({ Default: z.unknown() })).default({}),
  Mappings: z.record(z.string(), z.record(z.string(), z.record(z.string(), z.unknown()))).default({}),
  Conditions: z.record(z.string(), z.unknown()).default({}),
  Resources: z.record(z.string(), resourceSchema),
  Outputs: z
    .record(z.string(), z.object({ Value: z.unknown(), Export: z.object({ Name: z.unknown() }).optional() }))
    .default({}),
});

/** A CloudFormation template of the CDK; values may be intrinsic functions. */
export type Template = z.infer<typeof templateSchema>;

/** A synthesized stack. */
export interface StackTemplate {
  name: string;
  template: Template;
}

/**
 * The output of `cdk synth`: the stacks in the order of their dependencies, and the folders of
 * their bundles.
 */
export interface CloudAssembly {
  stacks: StackTemplate[];
  /** The folder of a bundle, by its object key in templates. */
  assetFolders: Map<string, string>;
}

const manifestSchema = z.object({
  artifacts: z.record(
    z.string(),
    z.object({
      type: z.string(),
      properties: z.object({ templateFile: z.string().optional(), file: z.string().optional() }).optional(),
      dependencies: z.array(z.string()).default([]),
    }),
  ),
});

const assetsSchema = z.object({
  files: z.record(
    z.string(),
    z.object({
      source: z.object({ path: z.string(), packaging: z.string() }),
      destinations: z.record(z.string(), z.object({ objectKey: z.string() })),
    }),
  ),
});

type Artifacts = z.infer<typeof manifestSchema>['artifacts'];

/**
 * Reads a cloud assembly.
 * @throws TemplateError if a template has an unknown part
 */
export async function readCloudAssembly(folder: string): Promise<CloudAssembly> {
  const { artifacts } = manifestSchema.parse(await readJson(join(folder, 'manifest.json')));
  const stacks: StackTemplate[] = [];
  const assetFolders = new Map<string, string>();
  for (const [name, { type, properties }] of inDependencyOrder(artifacts)) {
    if (type === 'aws:cloudformation:stack') {
      stacks.push({ name, template: await readTemplate(name, join(folder, properties!.templateFile!)) });
    } else if (type === 'cdk:asset-manifest') {
      const { files } = assetsSchema.parse(await readJson(join(folder, properties!.file!)));
      for (const { source, destinations } of Object.values(files)) {
        if (source.packaging !== 'zip') continue;
        for (const { objectKey } of Object.values(destinations)) {
          assetFolders.set(objectKey, join(folder, source.path));
        }
      }
    }
  }
  return { stacks, assetFolders };
}

async function readTemplate(name: string, file: string): Promise<Template> {
  const { data, error } = templateSchema.safeParse(await readJson(file));
  if (error) throw new TemplateError(name, z.prettifyError(error));
  return data;
}

function inDependencyOrder(artifacts: Artifacts): [string, Artifacts[string]][] {
  const ordered = new Map<string, Artifacts[string]>();
  const add = (name: string): void => {
    const artifact = artifacts[name];
    if (artifact === undefined || ordered.has(name)) return;
    for (const dependency of artifact.dependencies) add(dependency);
    ordered.set(name, artifact);
  };
  for (const name of Object.keys(artifacts)) add(name);
  return [...ordered];
}

async function readJson(file: string): Promise<unknown> {
  return JSON.parse(await readFile(file, 'utf8'));
}
