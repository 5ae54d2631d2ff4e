import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Has a deployment of a stack fail half-way: every function gets a minute more, and behind them something is waited for that never
 * comes. The template gets a hash of its own, since the CDK uploads none whose hash is there.
 *
 * @param assembly Folder of a cloud assembly, which is changed
 */
export async function spoilAssembly(assembly: string, stack: string): Promise<void> {
  const file = join(assembly, `${stack}.template.json`);
  const before = await readFile(file, 'utf8');
  const after = JSON.stringify(spoil(JSON.parse(before) as Template));
  await writeFile(file, after);
  const assets = join(assembly, `${stack}.assets.json`);
  const { files } = JSON.parse(await readFile(assets, 'utf8')) as { files: Record<string, AssetFile> };
  const [hash] = Object.entries(files).find(([, { source }]) => source.path === `${stack}.template.json`)!;
  const newHash = createHash('sha256').update(after).digest('hex');
  for (const name of [assets, join(assembly, 'manifest.json')]) {
    await writeFile(name, (await readFile(name, 'utf8')).replaceAll(hash, newHash));
  }
}

interface Template {
  Resources: Record<string, { Type: string; Properties?: Record<string, unknown>; DependsOn?: string[] }>;
}

interface AssetFile {
  source: { path: string };
}

export function spoil(template: Template): Template {
  const functions = Object.entries(template.Resources).filter(
    ([, { Type }]) => Type === 'AWS::Lambda::Function',
  );
  for (const [, { Properties }] of functions) Properties!.Timeout = Number(Properties!.Timeout) + 60;
  template.Resources.Signal = { Type: 'AWS::CloudFormation::WaitConditionHandle' };
  template.Resources.NeverSignalled = {
    Type: 'AWS::CloudFormation::WaitCondition',
    Properties: { Handle: { Ref: 'Signal' }, Timeout: '1' },
    DependsOn: functions.map(([id]) => id),
  };
  return template;
}
