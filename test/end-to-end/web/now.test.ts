import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningSystem, startSystem } from '../../../local/system/system.ts';
import { openConsole, startBrowser } from '../../support/browser.ts';
import { projectFile } from '../../support/project-files.ts';
import { runEdge } from '../../support/run-edge.ts';

let folder: string;
let system: RunningSystem;
let browser: Browser;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'patronus-console-'));
  [system, browser] = await Promise.all([startSystem({ localDirectory: folder }), startBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await system?.stop();
  await rm(folder, { recursive: true, force: true });
});

describe('Now', () => {
  it('shows what was counted after a sign-in, and breaks no content policy', async () => {
    const run = await runEdge([
      ...['replay', projectFile('edge/sample/office.pcap'), '--edge-id', 'edge-sample', '--wait'],
      ...['--system', folder, '--spool', join(folder, 'edge-sample')],
    ]);
    expect(`${run.code} ${run.stderr}`).toMatch(/^0 /);
    const { page, context, problems } = await openConsole(browser, system, { as: 'viewer' });
    const panel = page.getByRole('region', { name: 'All traffic' });
    const bytes = panel.locator('data').first();
    await bytes.waitFor();
    expect(Number(await bytes.getAttribute('value'))).toBeGreaterThan(10_000);
    expect(problems).toEqual([]);
    await context.close();
  });
});
