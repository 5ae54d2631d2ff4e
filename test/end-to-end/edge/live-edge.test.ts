import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type EchoResponder, startEchoResponder } from '../../../edge/probe/udp-echo.ts';
import { type RunningSystem, startSystem } from '../../../local/system/system.ts';
import { ethernet, ipv4, pcap, ports } from '../../support/capture-builder.ts';
import { type RunningEdge, startEdge } from '../../support/run-edge.ts';
import { type SystemClient, signedIn } from '../../support/system-client.ts';
import { SYSTEM_SETTINGS } from '../../support/system-settings.ts';

const IPV4 = 0x0800;
const UDP = 17;
const PATH = `query ($site_id: ID!) { paths(site_id: $site_id) { items {
  status metrics { latency_ms jitter_ms packet_loss_pct bandwidth_mbps score } } } }`;

/** Each check sends a request to the API. */
const PATIENCE = { timeout: 30_000, interval: 250 };

describe('an edge that counts live', () => {
  let folder: string;
  let system: RunningSystem;
  let operator: SystemClient;
  let responder: EchoResponder;
  let edge: RunningEdge;
  let site_id: string;
  let peer_site_id: string;
  let path_id: string;

  const spool = () => join(folder, 'edge-live');
  const routes = async () => JSON.parse(await readFile(join(spool(), 'routes.json'), 'utf8'));
  const makeSite = async (name: string, address: string): Promise<string> => {
    const { createSite } = await operator.data(`mutation { createSite(name: "${name}") { id } }`);
    await operator.data(
      `mutation ($site_id: ID!, $address: String!) {
        addEndpoint(site_id: $site_id, endpoint_id: "wan1", address: $address, interface_type: FIBER) { id } }`,
      { site_id: createSite.id, address },
    );
    return createSite.id;
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'patronus-live-edge-'));
    system = await startSystem({ localDirectory: folder, context: SYSTEM_SETTINGS });
    operator = await signedIn(system, 'operator');
    responder = await startEchoResponder({ port: 0, addresses: ['127.0.0.1'] });
    site_id = await makeSite('A', '127.0.0.1');
    peer_site_id = await makeSite('B', `127.0.0.1:${responder.port}`);
    await operator.data(`mutation { registerEdge(id: "edge-live", site_id: "${site_id}") { id } }`);
    edge = startEdge([
      ...['read', '--edge-id', 'edge-live', '--interval', '1', '--bandwidth-mbps', '500', '--json'],
      ...['--system', folder, '--spool', spool()],
    ]);
  }, 120_000);

  afterAll(async () => {
    edge?.child.kill('SIGINT');
    await edge?.ended;
    await responder?.close();
    await system?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('reports that it has no routes', async () => {
    await expect.poll(async () => (await routes()).routes, { timeout: 30_000 }).toEqual([]);
  }, 60_000);

  it('learns of a path that is created while it runs, and measures it with real packets', async () => {
    const { createPath } = await operator.data(
      `mutation ($a: ID!, $b: ID!) { createPath(
        source_site_id: $a, source_endpoint_id: "wan1", destination_site_id: $b, destination_endpoint_id: "wan1") { id } }`,
      { a: site_id, b: peer_site_id },
    );
    path_id = createPath.id;
    const shown = async () => (await operator.data(PATH, { site_id })).paths.items[0];
    await expect.poll(async () => (await shown()).status, PATIENCE).toBe('OPTIMAL');
    expect((await shown()).metrics).toEqual({
      latency_ms: expect.any(Number),
      jitter_ms: expect.any(Number),
      packet_loss_pct: 0,
      bandwidth_mbps: 500,
      score: expect.any(Number),
    });
    await expect
      .poll(async () => (await routes()).routes)
      .toEqual([{ destination_site_id: peer_site_id, policy_id: 'default', path_id }]);
  }, 60_000);

  it('counts the traffic of the path, and stores its new route when the path is taken out of service', async () => {
    const packet = (source: number, destination: number) =>
      ethernet(
        IPV4,
        ipv4({
          src: '127.0.0.1',
          dst: '127.0.0.1',
          protocol: UDP,
          payload: ports(source, destination, 480),
        }),
      );
    const tunnel = responder.port;
    edge.child.stdin!.write(pcap([packet(7000, tunnel), packet(7000, tunnel), packet(tunnel, 7000)]));
    const totals = async () => (await operator.data('{ trafficTotals { bytes_exact } }')).trafficTotals;
    await expect.poll(totals, PATIENCE).toEqual({ bytes_exact: '1500' });
    const { failoverPath } = await operator.data(
      `mutation ($path_id: ID!) { failoverPath(path_id: $path_id) { without_path bytes_carried_exact } }`,
      { path_id },
    );
    // 500 bytes a packet; the packets of the other end arrive here, and no edge counts there.
    expect(failoverPath).toEqual({ without_path: ['default'], bytes_carried_exact: '1000' });
    await expect
      .poll(async () => (await routes()).routes, { timeout: 30_000 })
      .toEqual([{ destination_site_id: peer_site_id, policy_id: 'default', path_id: null }]);
  }, 90_000);

  it('removes the route to a site without paths', async () => {
    await operator.data(`mutation ($path_id: ID!) { deletePath(path_id: $path_id) { success } }`, {
      path_id,
    });
    await expect.poll(async () => (await routes()).routes, { timeout: 30_000 }).toEqual([]);
  }, 60_000);

  it('prints its counts at the end, and the file of its routes', async () => {
    edge.child.stdin!.end();
    const { code, stdout, stderr } = await edge.ended;
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ packets: 3, bytes: 1500 });
    expect(stderr).toContain(`1 of 1 routes are new or changed: see ${join(spool(), 'routes.json')}.`);
    expect(stderr).toContain(`1 route was removed: see ${join(spool(), 'routes.json')}.`);
  });
});
