import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runSoak } from '../../support/soak/soak.ts';

/** `npm run soak` runs minutes of it with more edges and people (docs/contributing.md). */
const SECONDS = Number(process.env.SOAK_SECONDS ?? 8);

it('counts every byte, makes every change once and leaves nothing over, with any kills', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'patronus-soak-'));
  const { counted, changes, kills, starts } = await runSoak({
    seed: 3,
    folder,
    duration_ms: SECONDS * 1000,
    edges: 6,
    people: 2,
    sites: 2,
    interval_ms: 1000,
    flows: 10,
    pace: { functions: 1, edges: 4, system: 8 },
    pause_ms: 100,
    calm: 0,
  });
  expect(counted.edges.size).toBe(6);
  expect(changes).toBeGreaterThan(0);
  expect([...kills.keys()]).toEqual(expect.arrayContaining(['edges', 'system']));
  expect(starts).toBeGreaterThan(1);
  // The files for the analysis of a failure are kept.
  await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
}, 900_000);
