import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { build } from 'vite';
import { contentPolicies } from './content-policy.ts';
import { checkFirstViews, type Manifest } from './first-view.ts';

const WEB = fileURLToPath(new URL('../../web', import.meta.url));

/**
 * Builds the console into a folder: its files, and `console.json` with the content policy of each page.
 * @returns Brotli bytes of JavaScript that the largest first view loads
 * @throws Error when the sources don't build, or a first view is over its bound
 */
export async function buildWeb(folder: string): Promise<{ firstViewBytes: number }> {
  const outDir = resolve(folder);
  // Tests set another one, with which React would come with its aids for development.
  process.env.NODE_ENV = 'production';
  await build({
    configFile: false,
    root: WEB,
    logLevel: 'error',
    plugins: [react()],
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
  await writeFile(join(outDir, 'console.json'), JSON.stringify({ content_policies: contentPolicies() }));
  return { firstViewBytes };
}
