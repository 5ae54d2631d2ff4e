import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EdgePath } from '../../../core/routing/edge-routes.ts';
import { RouteTable } from '../../../edge/paths/route-table.ts';
import { conditionsBetween, simulatedProbe } from '../../../edge/simulation/path-conditions.ts';
import { seededRandom } from '../../../edge/simulation/random.ts';
import { STEADY } from '../../../edge/simulation/scenario.ts';
import { simulateEdge } from '../../../edge/simulation/simulated-edge.ts';
import { simulatedEdges } from '../../../edge/simulation/simulated-edges.ts';
import { SimulatedWan } from '../../../edge/simulation/simulated-wan.ts';
import { siteTraffic } from '../../../edge/simulation/site-traffic.ts';

const NOW = Date.UTC(2026, 0, 31, 12);
const edgePath = (path_id: string, endpoint_id: string, peer_address = '198.51.100.2'): EdgePath => ({
  path_id,
  endpoint_id,
  address: '192.0.2.1',
  peer_endpoint_id: endpoint_id,
  peer_address,
});

describe('the network between simulated edges', () => {
  it('delivers all packets but the lost ones, and loses about the stated share', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 5000 }), { maxLength: 50 }), fc.ipV4(), (sent, to) => {
        const wan = new SimulatedWan(seededRandom('wan'));
        const path = edgePath('p-1', 'wan1', to);
        for (const packets of sent) {
          const bytes = packets * 100;
          wan.carry({ path, from_edge: 'a', to_edge: 'b', packets, bytes });
        }
        const total = BigInt(sent.reduce((sum, packets) => sum + packets, 0));
        const { tx_packets = 0n, tx_bytes = 0n, rx_packets: back = 0n } = wan.totals('a').get('p-1') ?? {};
        const { rx_packets = 0n, rx_bytes = 0n } = wan.totals('b').get('p-1') ?? {};
        expect([tx_packets, tx_bytes, back]).toEqual([total, total * 100n, 0n]);
        expect(rx_bytes).toBe(rx_packets * 100n);
        const { packet_loss_pct } = conditionsBetween(path.address, to);
        const lost = Number(total - rx_packets);
        const expected = (Number(total) * packet_loss_pct) / 100;
        expect(Math.abs(lost - expected)).toBeLessThanOrEqual(6 * Math.sqrt(expected) + 1);
      }),
    );
  });

  it('has the same conditions from both ends', () => {
    expect(conditionsBetween('192.0.2.1', '198.51.100.2')).toEqual(
      conditionsBetween('198.51.100.2', '192.0.2.1'),
    );
    const probe = (from: string, target: string) =>
      simulatedProbe(
        conditionsBetween(from, target),
        () => 0.5,
        () => NOW,
      );
    expect(probe('192.0.2.1', '198.51.100.2')).toEqual(probe('198.51.100.2', '192.0.2.1'));
  });
});

describe('a simulated edge', () => {
  const edges = simulatedEdges(3);
  const traffic = { seed: '1', site: 1, sites: 3, endpoint_ids: ['wan1', 'wan2'], flows: 200, tick_s: 10 };
  const run = async (table: RouteTable | undefined) => {
    const wan = new SimulatedWan(seededRandom('wan'));
    const surroundings = {
      ...{ wan, edges, scenario: STEADY, random: () => 0.5 },
      onTrouble: () => {},
      clock: () => NOW,
    };
    const edge = simulateEdge(edges[0]!, traffic, surroundings);
    edge.setPaths([edgePath('to-2', 'wan1'), edgePath('to-2-too', 'wan2')]);
    if (table) edge.setRoutes(table);
    for (let tick = 0; tick < 20; tick++) await edge.tick(10_000);
    await edge.stopMeasuring();
    const { policies } = edge.recorder.takeInterval();
    const bytes = Object.fromEntries(policies.map(({ endpoint_id, bytes }) => [endpoint_id, bytes]));
    return { wan, stats: edge.recorder.getPolicyStats('default'), bytes };
  };
  /** The traffic from the same seed, with a separate generator. */
  const ticks = () => Array.from({ length: 20 }, siteTraffic(traffic)).flat();
  const bytesOf = (some: { bytes: number }[]) => BigInt(some.reduce((sum, { bytes }) => sum + bytes, 0));
  const sentToSecond = () => bytesOf(ticks().filter(({ to_site }) => to_site === 2));
  const routeTo = (path_id: string | null) => {
    const table = new RouteTable();
    table.apply({
      destination_site_id: edges[1]!.site_id,
      routes: [{ policy_id: 'default', path_id }],
    });
    return table;
  };

  it('sends all traffic to a site over the path of its routes', async () => {
    const { wan } = await run(routeTo('to-2-too'));
    expect(wan.totals('edge-1').get('to-2-too')?.tx_bytes).toBe(sentToSecond());
    expect(wan.totals('edge-1').get('to-2')).toBeUndefined();
    expect(wan.totals('edge-2').get('to-2-too')?.rx_packets).toBeGreaterThan(0n);
  });

  it("counts traffic over a path at the endpoint of the path, and other traffic at the flow's own", async () => {
    const { bytes } = await run(routeTo('to-2-too'));
    const own = (endpoint_id: string) =>
      bytesOf(ticks().filter(tick => tick.to_site !== 2 && tick.endpoint_id === endpoint_id));
    expect(sentToSecond()).toBeGreaterThan(0n);
    expect(bytes).toEqual({ wan1: own('wan1'), wan2: own('wan2') + sentToSecond() });
  });

  it('counts the same for each policy with any routes', async () => {
    const [routed, without, none] = [
      await run(routeTo('to-2')),
      await run(routeTo(null)),
      await run(undefined),
    ];
    expect(without.stats).toEqual(routed.stats);
    expect(none.stats).toEqual(routed.stats);
    expect(without.wan.totals('edge-1').get('to-2')).toBeUndefined();
  });
});
