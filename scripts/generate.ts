// `npm run generate`: writes every generated file. A test fails if one of them isn't current.
import { writeFileSync } from 'node:fs';
import { GENERATED_FILES } from './generated-files.ts';

for (const [path, make] of Object.entries(GENERATED_FILES)) {
  const content = make();
  writeFileSync(new URL(`../${path}`, import.meta.url), content);
  console.log(`${path}: ${Buffer.byteLength(content)} bytes`);
}
