import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress } from 'node:zlib';

/** Brotli bytes of JavaScript that any page of the console may load before it shows. */
const FIRST_VIEW_LIMIT = 250_000;

/** Vite's manifest: a chunk's file and what it imports, by source. */
export type Manifest = Record<string, ManifestChunk>;

interface ManifestChunk {
  file: string;
  imports?: string[];
}

const compress = promisify(brotliCompress);

/**
 * Measures the first view of each page: the entry and the page's own chunk, each with all its
 * imports.
 * @returns bytes of the largest
 * @throws Error that names each page over the limit, or if no page was found
 */
export async function checkFirstViews(
  folder: string,
  manifest: Manifest,
  limit = FIRST_VIEW_LIMIT,
): Promise<number> {
  const pages = Object.keys(manifest).filter(source => /^pages\/.+-page\.tsx$/.test(source));
  if (pages.length === 0) throw new Error('The build has no pages (web/pages/<page>/<page>-page.tsx).');
  const sizes = new Map<string, Promise<number>>();
  const views = await Promise.all(
    pages.map(async page => {
      const files = [...filesOf(manifest, ['index.html', page])];
      const bytes = await Promise.all(files.map(file => sizeOf(folder, file, sizes)));
      return { page, bytes: bytes.reduce((sum, each) => sum + each, 0) };
    }),
  );
  const over = views.filter(({ bytes }) => bytes > limit);
  if (over.length > 0) {
    const list = over.map(({ page, bytes }) => `${page}: ${bytes}`).join(', ');
    throw new Error(
      `The first view of a page may have ${limit} bytes of compressed JavaScript. Over it: ${list}.`,
    );
  }
  return Math.max(...views.map(({ bytes }) => bytes));
}

/** The JavaScript files that load with these sources. */
function filesOf(manifest: Manifest, sources: string[], found = new Set<string>()): Set<string> {
  for (const source of sources) {
    const chunk = manifest[source];
    if (!chunk || found.has(chunk.file)) continue;
    found.add(chunk.file);
    filesOf(manifest, chunk.imports ?? [], found);
  }
  return found;
}

/** Each file is compressed once, though most are in the first view of every page. */
function sizeOf(folder: string, file: string, known: Map<string, Promise<number>>): Promise<number> {
  const size = known.get(file) ?? compressedSize(join(folder, file));
  known.set(file, size);
  return size;
}

async function compressedSize(path: string): Promise<number> {
  return (await compress(await readFile(path))).length;
}
