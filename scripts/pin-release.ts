// `npm run pin-release -- COMMIT`: stores the parts of this release's templates that later releases
// must keep, and its code to run next to theirs.
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { synthesize } from '../local/template/synthesize.ts';
import { packedCode } from './release/packed-code.ts';
import { pinnedIn, type Template } from './release/pinned.ts';

const [release] = new Command('npm run pin-release --')
  .description(
    'Stores logical ids, properties that cause replacement and exports of this release for the tests of later ones.',
  )
  .argument('<commit>', 'the commit that is released')
  .parse().processedArgs as [string];

const SUFFIX = '.template.json';
const folder = await synthesize();
const stacks: Record<string, unknown> = {};
for (const file of (await readdir(folder)).filter(name => name.endsWith(SUFFIX)).sort()) {
  const template = JSON.parse(await readFile(join(folder, file), 'utf8')) as Template;
  stacks[file.slice(0, -SUFFIX.length)] = pinnedIn(template);
}
const file = (path: string) => fileURLToPath(new URL(`../test/${path}`, import.meta.url));
await writeFile(
  file('fixtures/last-release/templates.json'),
  `${JSON.stringify({ release, stacks }, undefined, 1)}\n`,
);
await writeFile(file('fixtures/last-release/code.mjs.br'), await packedCode(file('support/release-code.ts')));
console.log(`${Object.keys(stacks).length} stacks and the code of ${release} are kept.`);
