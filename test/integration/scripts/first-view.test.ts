import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkFirstViews } from '../../../scripts/web/first-view.ts';

const FILES = { 'entry.js': 'entry()', 'shared.js': 'shared(1, 2)', 'now.js': 'now()', 'map.js': 'map(3)' };

const MANIFEST = {
  'index.html': { file: 'entry.js', imports: ['_shared.js'] },
  '_shared.js': { file: 'shared.js' },
  'pages/now/now-page.tsx': { file: 'now.js', imports: ['_shared.js'] },
  'pages/map/map-page.tsx': { file: 'map.js' },
};

const bytesOf = (...files: (keyof typeof FILES)[]) =>
  files.reduce((sum, file) => sum + brotliCompressSync(FILES[file]).length, 0);

const NOW = bytesOf('entry.js', 'shared.js', 'now.js');
const MAP = bytesOf('entry.js', 'shared.js', 'map.js');

describe('the first views of the console', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'patronus-first-view-'));
    for (const [file, text] of Object.entries(FILES)) await writeFile(join(folder, file), text);
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('consist of the entry and the page, with each import once; the largest is returned', async () => {
    expect(MAP).toBeGreaterThan(NOW);
    expect(await checkFirstViews(folder, MANIFEST, MAP)).toBe(MAP);
  });

  it('are named if they exceed the limit', async () => {
    await expect(checkFirstViews(folder, MANIFEST, MAP - 1)).rejects.toThrow(
      `The first view of a page may have ${MAP - 1} bytes of compressed JavaScript. Over it: pages/map/map-page.tsx: ${MAP}.`,
    );
  });

  it('are an error if no page is built', async () => {
    await expect(checkFirstViews(folder, { 'index.html': MANIFEST['index.html'] })).rejects.toThrow(
      'The build has no pages (web/pages/<page>/<page>-page.tsx).',
    );
  });
});
