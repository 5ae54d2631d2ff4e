import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { build, type Plugin } from 'vite';
import { checkFirstViews, type Manifest } from './first-view.ts';

const WEB = fileURLToPath(new URL('../../web', import.meta.url));

/**
 * Builds the console's files into a folder.
 * @returns Brotli bytes of JavaScript that the largest first view loads, and its source files
 * @throws Error when the build fails, or a first view is too large
 */
export async function buildWeb(folder: string): Promise<{ firstViewBytes: number; sources: string[] }> {
  const outDir = resolve(folder);
  // Tests set another value, for which React would include its development tools.
  process.env.NODE_ENV = 'production';
  const sources = new Set<string>();
  await build({
    configFile: false,
    root: WEB,
    logLevel: 'error',
    plugins: [react(), collecting(sources)],
    worker: { format: 'es' },
    build: {
      outDir,
      emptyOutDir: true,
      manifest: 'manifest.json',
      modulePreload: { polyfill: false },
      // The content policy allows no data: addresses.
      assetsInlineLimit: 0,
      chunkSizeWarningLimit: 10_000,
      rolldownOptions: { input: { console: join(WEB, 'index.html'), graphiql: join(WEB, 'graphiql.html') } },
    },
  });
  const manifest = JSON.parse(await readFile(join(outDir, 'manifest.json'), 'utf8')) as Manifest;
  const firstViewBytes = await checkFirstViews(outDir, manifest);
  return { firstViewBytes, sources: [...sources] };
}

/** Records the source files of a chunk. */
function collecting(sources: Set<string>): Plugin {
  return {
    name: 'collecting',
    generateBundle(_options, bundle) {
      for (const output of Object.values(bundle)) {
        if (output.type !== 'chunk') continue;
        for (const id of output.moduleIds) sources.add(id.replace(/\?.*$/, ''));
      }
    },
  };
}
