import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, vi } from 'vitest';
import type { PeopleMail } from '../../local/engines/cognito.ts';
import { createSignIn } from '../../local/provision/sign-ins.ts';
import { type RunningSystem, startSystem } from '../../local/system/system.ts';
import { startBrowser } from '../../scripts/browser/start-browser.ts';
import { IN_NO_GROUP } from './no-group-user.ts';
import { projectFile } from './project-files.ts';
import { runEdge } from './run-edge.ts';
import { type SystemClient, signedIn } from './system-client.ts';
import { SYSTEM_SETTINGS } from './system-settings.ts';

/** A running system with a little traffic, and a browser: one for all browser tests in a file. */
export interface ConsoleWorld {
  folder: string;
  system: RunningSystem;
  browser: Browser;
  admin: SystemClient;
  /** Mails that would have been sent to people. */
  mails: PeopleMail[];
  /** An edge in service that never reports: once it is silent, `awaitAlarm` finds it silent. */
  silent_edge: string;
  stop(): Promise<void>;
}

/** Time to build the console and to start, on a busy machine. */
const START_MS = 300_000;

/** One world for all suites of a file, from before the first test until after the last. */
export function useConsoleWorld(): () => ConsoleWorld {
  let started: ConsoleWorld | undefined;
  beforeAll(async () => {
    started = await startConsoleWorld();
  }, START_MS);
  afterAll(() => started?.stop());
  return () => started!;
}

async function startConsoleWorld(): Promise<ConsoleWorld> {
  const folder = await mkdtemp(join(tmpdir(), 'patronus-console-'));
  const mails: PeopleMail[] = [];
  const [system, browser] = await Promise.all([
    startSystem({
      localDirectory: folder,
      context: SYSTEM_SETTINGS,
      onMail: mail => mails.push(mail),
    }),
    startBrowser(),
  ]);
  const run = await runEdge([
    ...['replay', projectFile('edge/sample/office.pcap'), '--edge-id', 'edge-sample', '--wait'],
    ...['--system', folder, '--spool', join(folder, 'edge-sample')],
  ]);
  if (run.code !== 0) throw new Error(`The sample was not counted: ${run.stderr}`);
  await createSignIn(system.endpoints.cognito, system.userPoolId, IN_NO_GROUP);
  const admin = await signedIn(system, 'admin');
  return {
    folder,
    system,
    browser,
    admin,
    mails,
    silent_edge: await unheardEdge(admin),
    async stop() {
      await browser.close();
      await system.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/**
 * The subjects of current alarms, such as `edge:7`, after a run of the check that is scheduled
 * every five minutes.
 */
export async function alarmTargets({ system, admin }: ConsoleWorld): Promise<string[]> {
  await system.invoke('cleanup', { scheduled_at: new Date().toISOString(), steps: ['alarms'] });
  const { alarms } = await admin.data('{ alarms { items { target } } }');
  return alarms.items.map(({ target }: { target: string }) => target);
}

/** Waits until there is an alarm about an edge. */
export async function awaitAlarm(world: ConsoleWorld, edge_id: string): Promise<void> {
  const look = async () => expect(await alarmTargets(world)).toContain(`edge:${edge_id}`);
  await vi.waitFor(look, { timeout: 100_000, interval: 2000 });
}

async function unheardEdge(admin: SystemClient): Promise<string> {
  const { createSite } = await admin.data('mutation { createSite(name: "Without a word") { id } }');
  const { registerEdge } = await admin.data(
    'mutation ($site_id: ID!) { registerEdge(id: "edge-unheard", site_id: $site_id, interval_s: 5) { id } }',
    { site_id: createSite.id },
  );
  return registerEdge.id;
}
