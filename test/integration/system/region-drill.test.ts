import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { tokenOf } from '../../../core/appsync/authorizer.ts';
import { systemClient } from '../../../edge/system/system-client.ts';
import { runExport } from '../../../scripts/export/export-program.ts';
import { applyPlan } from '../../../scripts/network/apply-plan.ts';
import { fileContent } from '../../../scripts/network/file-content.ts';
import { parseNetworkFile } from '../../../scripts/network/network-file.ts';
import { planNetwork } from '../../../scripts/network/plan-network.ts';
import { readSystem } from '../../../scripts/network/read-system.ts';
import { networkFileText } from '../../../scripts/network/write-network-file.ts';
import { type ApiUnderTest, makeApi } from '../../support/api.ts';
import { type ApiServer, serveApi } from '../../support/api-server.ts';
import { countedPackets, DrillEdge, DrillStream, deliver } from '../../support/drill-edge.ts';
import { testKey } from '../../support/edge-keys.ts';
import { T0 } from '../../support/report-records.ts';
import { snapshotAt } from '../../support/snapshot-at.ts';
import { createTables, type TestTables } from '../../support/tables.ts';

const MINUTE = 60_000;
const iso = (minutes: number) => new Date(T0 + minutes * MINUTE).toISOString();

interface System {
  db: TestTables;
  api: ApiUnderTest;
}

let server: ApiServer;
/** The caller of the programs. */
let asked: System;
const folder = mkdtempSync(join(tmpdir(), 'patronus-region-'));

async function emptySystem(minutes: number): Promise<System> {
  const db = await createTables();
  const api = makeApi(db);
  api.now = T0 + minutes * MINUTE;
  return { db, api };
}

beforeAll(async () => {
  server = await serveApi(() => asked.api);
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
});
afterAll(async () => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
  await server.close();
});

const graphql = () => systemClient({ url: server.url, authorizer: tokenOf(async () => 'any') });

async function networkFile(): Promise<string> {
  return networkFileText(fileContent(await readSystem(graphql())));
}

async function applyNetwork(text: string): Promise<number> {
  const plan = planNetwork(parseNetworkFile(text, 'network.yaml').network, await readSystem(graphql()));
  expect(plan.problems).toEqual([]);
  return applyPlan(graphql(), plan, { signal: new AbortController().signal, onStep: () => {} });
}

/** Packets of an exported history, whose rows are increments. */
async function exportedPackets(from: number, to: number): Promise<bigint> {
  const output = join(folder, 'history.jsonl');
  const range = ['--from', iso(from), '--to', iso(to), '--resolution', 'MINUTE', '--format', 'jsonl'];
  const code = await runExport([
    ...['history', ...range, '--graphql', server.url, '--token', 'any', '--output', output],
  ]);
  expect(code).toBe(0);
  const rows = readFileSync(output, 'utf8')
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as { packets: string | null });
  return rows.reduce((sum, { packets }) => sum + BigInt(packets ?? 0), 0n);
}

describe('drill: a region is rebuilt from exports', () => {
  it('the network is as before, counts until the last export are in files, and each edge continues from zero', async () => {
    const lost = await emptySystem(0);
    asked = lost;
    // The first ids of policies are used up, so that the next system has others.
    const { id: first } = await lost.api.data('Mutation.createPolicy', { name: 'old', priority: 1 });
    await lost.api.data('Mutation.deletePolicy', { id: first });
    const policy = await lost.api.data('Mutation.createPolicy', { name: 'web', priority: 200 });
    const site = await lost.api.data('Mutation.createSite', { name: 'Berlin' });
    const key = await testKey('edge-1');
    await lost.api.data('Mutation.registerEdge', {
      id: 'edge-1',
      site_id: site.id,
      public_key: key.public_key,
    });
    const edge = new DrillEdge('edge-1', { policy_id: policy.id, key });
    const stream = new DrillStream();
    await snapshotAt(lost.db, T0);
    const records = [edge.report(stream, 100n, T0 + MINUTE / 2)];
    edge.restart(stream, T0 + MINUTE / 2);
    records.push(edge.report(stream, 50n, T0 + MINUTE / 2));
    await deliver(lost.db, records, { now: T0 + MINUTE });
    await snapshotAt(lost.db, T0 + MINUTE);
    lost.api.now = T0 + 2 * MINUTE;

    // Stored outside the region: the network file and the export of each day.
    const file = await networkFile();
    const exported = await exportedPackets(0, 1);
    expect(exported).toBe(150n);
    const unexported = edge.report(stream, 7n, T0 + 3 * MINUTE);
    await deliver(lost.db, [unexported], { now: T0 + 3 * MINUTE });
    await lost.db.drop();

    const rebuilt = await emptySystem(60);
    asked = rebuilt;
    try {
      expect(await applyNetwork(file)).toBeGreaterThan(0);
      const { items } = await rebuilt.api.data('Query.policies');
      const web = items.find(({ name }: { name: string }) => name === 'web');
      expect(web.id).not.toBe(policy.id);
      // Nothing that only the old tables had: no counts, no keys, no earlier audit log.
      expect(await rebuilt.api.data('Query.trafficTotals')).toMatchObject({ packets_exact: '0' });
      expect(await rebuilt.api.data('Query.edge', { id: 'edge-1' })).toMatchObject({ keys: [] });

      // Keys are registered again, and the edge begins with an empty spool: a boot with the new
      // ids.
      const { id: site_id } = (await rebuilt.api.data('Query.sites')).items[0];
      const public_key = key.public_key;
      await rebuilt.api.data('Mutation.registerEdge', { id: 'edge-1', site_id, public_key });
      const again = new DrillEdge('edge-1', { policy_id: web.id, key });
      const now = T0 + 61 * MINUTE;
      await deliver(rebuilt.db, [again.report(new DrillStream(), 30n, now)], { now });
      expect(await countedPackets(rebuilt.db, web.id)).toBe(30n);
      expect(exported + (await countedPackets(rebuilt.db, web.id))).toBe(edge.counted + again.counted - 7n);
      expect((await rebuilt.api.data('Query.trafficAudit')).agrees).toBe(true);
      expect(await applyNetwork(await networkFile())).toBe(0);
    } finally {
      await rebuilt.db.drop();
    }
  });
});
