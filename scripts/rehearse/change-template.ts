import { createHash } from 'node:crypto';
import { globSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';

export interface Template {
  Resources: Record<string, TemplateResource>;
}

export interface TemplateResource {
  Type: string;
  Properties?: Record<string, unknown>;
  DependsOn?: string[];
}

interface AssetFile {
  source: { path: string };
}

/**
 * Changes the template of a stack in a cloud assembly. It gets a hash of its own, since the CDK
 * uploads no template whose hash is there already.
 *
 * @param change What stands in the template's place, or the same when nothing is to be changed
 */
export async function changeTemplate(
  assembly: string,
  stack: string,
  change: (template: Template) => Template,
): Promise<void> {
  const file = join(assembly, `${stack}.template.json`);
  const before = await readFile(file, 'utf8');
  const after = JSON.stringify(change(JSON.parse(before) as Template), undefined, 1);
  if (after === before) return;
  await writeFile(file, after);
  const assets = join(assembly, `${stack}.assets.json`);
  const { files } = JSON.parse(await readFile(assets, 'utf8')) as { files: Record<string, AssetFile> };
  const [hash] = Object.entries(files).find(([, { source }]) => source.path === `${stack}.template.json`)!;
  const newHash = createHash('sha256').update(after).digest('hex');
  for (const name of [assets, join(assembly, 'manifest.json')]) {
    await writeFile(name, (await readFile(name, 'utf8')).replaceAll(hash, newHash));
  }
}

/** The same for all stacks of an assembly. */
export async function changeTemplates(
  assembly: string,
  change: (template: Template) => Template,
): Promise<void> {
  for (const file of globSync(join(assembly, '*.template.json'))) {
    await changeTemplate(assembly, basename(file, '.template.json'), change);
  }
}
