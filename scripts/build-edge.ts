// Builds the edge program as one file that needs only Node 24: `npm run build:edge`, see
// docs/edges-in-the-cloud.md.
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildEdge, PACKAGED_PROGRAM, SERVICE_FILES } from './edge-package/build-edge.ts';

const root = new URL('../', import.meta.url).pathname;
const folder = join(root, 'dist');

const { file, sha256 } = await buildEdge(root);
mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, PACKAGED_PROGRAM), file, { mode: 0o755 });
for (const name of SERVICE_FILES) copyFileSync(join(root, 'edge/service', name), join(folder, name));
console.log(`dist/${PACKAGED_PROGRAM}: ${file.length} bytes, SHA-256 ${sha256}`);
console.log(
  `In the same folder: ${SERVICE_FILES.join(', ')}. See docs/edges-in-the-cloud.md for the installation.`,
);
