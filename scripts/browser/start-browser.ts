import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import packageFile from '../../node_modules/@sparticuz/chromium/package.json' with { type: 'json' };

/** The unpacked browser; another version has a folder of its own. */
const FOLDER = join(tmpdir(), `patronus-chromium-${packageFile.version}`);

/** System libraries that the browser needs; if one is missing, the package's own are used. */
const NEEDED = ['libnss3.so', 'libnspr4.so', 'libexpat.so.1'];
const LIBRARY_FOLDERS = [
  '/usr/lib/x86_64-linux-gnu',
  '/usr/lib/aarch64-linux-gnu',
  '/usr/lib64',
  '/lib64',
  '/usr/lib',
];

/**
 * Starts a real Chromium from npm with web security enabled, for tests, benchmarks and pictures.
 */
export async function startBrowser(): Promise<Browser> {
  const folder = await unpackedBrowser();
  return chromium.launch({
    executablePath: join(folder, 'chromium'),
    // Root in a container has no sandbox; the pages are our own.
    args: ['--no-sandbox'],
    env: { ...process.env, ...ownLibraries(folder), TMPDIR: folder } as Record<string, string>,
  });
}

/**
 * The package unpacks into `os.tmpdir()` and reuses files that it finds there. So it gets its own
 * folder, which is moved into place when it is complete: another test process may unpack at the
 * same time.
 */
async function unpackedBrowser(): Promise<string> {
  if (existsSync(FOLDER)) return FOLDER;
  const fresh = await mkdtemp(join(tmpdir(), 'patronus-chromium-'));
  const before = { TMPDIR: process.env.TMPDIR, AWS_EXECUTION_ENV: process.env.AWS_EXECUTION_ENV };
  // The second makes the package unpack its libraries too.
  Object.assign(process.env, { TMPDIR: fresh, AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x' });
  const libraryPath = process.env.LD_LIBRARY_PATH;
  try {
    const { default: packed } = await import('@sparticuz/chromium');
    await packed.executablePath();
  } finally {
    for (const [name, value] of Object.entries({ ...before, LD_LIBRARY_PATH: libraryPath })) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  }
  await mkdir(join(fresh, 'tmp'), { recursive: true });
  await rename(fresh, FOLDER).catch(() => rm(fresh, { recursive: true, force: true }));
  return FOLDER;
}

function ownLibraries(folder: string): Record<string, string> {
  const missing = NEEDED.some(name => !LIBRARY_FOLDERS.some(place => existsSync(join(place, name))));
  return missing ? { LD_LIBRARY_PATH: join(folder, 'al2023/lib') } : {};
}
