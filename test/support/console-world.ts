import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { type RunningSystem, startSystem } from '../../local/system/system.ts';
import { startBrowser } from '../../scripts/browser/start-browser.ts';
import { projectFile } from './project-files.ts';
import { runEdge } from './run-edge.ts';
import { type SystemClient, signedIn } from './system-client.ts';

/** A running system with a little traffic, and a browser: one for all browser tests of a file. */
export interface ConsoleWorld {
  folder: string;
  system: RunningSystem;
  browser: Browser;
  admin: SystemClient;
  stop(): Promise<void>;
}

export async function startConsoleWorld(): Promise<ConsoleWorld> {
  const folder = await mkdtemp(join(tmpdir(), 'patronus-console-'));
  const [system, browser] = await Promise.all([
    startSystem({ localDirectory: folder, context: { query_budget: '100000' } }),
    startBrowser(),
  ]);
  const run = await runEdge([
    ...['replay', projectFile('edge/sample/office.pcap'), '--edge-id', 'edge-sample', '--wait'],
    ...['--system', folder, '--spool', join(folder, 'edge-sample')],
  ]);
  if (run.code !== 0) throw new Error(`The sample was not counted: ${run.stderr}`);
  return {
    folder,
    system,
    browser,
    admin: await signedIn(system, 'admin'),
    async stop() {
      await browser.close();
      await system.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
