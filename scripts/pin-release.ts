// `npm run pin-release -- COMMIT`: keeps what later releases must not lose of the templates of this one.
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { synthesize } from '../local/template/synthesize.ts';
import { pinnedIn, type Template } from './release/pinned.ts';

const [release] = new Command('npm run pin-release --')
  .description(
    'Keeps logical ids, replacing properties and exports of this release for the test of the next ones.',
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
const out = fileURLToPath(new URL('../test/fixtures/last-release/templates.json', import.meta.url));
await writeFile(out, `${JSON.stringify({ release, stacks }, undefined, 1)}\n`);
console.log(`${out}: ${Object.keys(stacks).length} stacks of ${release}`);
