import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ValidationError } from '../../../core/errors.ts';
import type { FlowKey } from '../../../core/policy/flow-key.ts';
import { compilePolicies } from '../../../core/policy/policy-match.ts';
import { Recorder, type RecorderInterval } from '../../../core/recorder/recorder.ts';
import { limitFlows } from '../../../core/totals/other-flows.ts';
import { noPathCounts, type PathCounts } from '../../../core/totals/path-counts.ts';
import type { PathEnds } from '../../../core/totals/path-match.ts';

const UDP = 17;
const WIREGUARD = 51_820;
const path = (path_id: string, local: string, remote: string, port?: number): PathEnds => ({
  path_id,
  local: { address: local, port },
  remote: { address: remote, port },
});
const flow = (src: string, dst: string, ports: Partial<FlowKey> = {}): FlowKey => ({
  src,
  dst,
  src_port: WIREGUARD,
  dst_port: WIREGUARD,
  protocol: UDP,
  ...ports,
});
const counts = (packets: number, bytes: number) => ({
  packets: BigInt(packets),
  bytes: BigInt(bytes),
  first_ms: 0,
  last_ms: 0,
});

describe('the traffic of a path', () => {
  it('is recognized by the outer addresses, by direction, in IPv4 and IPv6', () => {
    const recorder = new Recorder();
    recorder.setPaths([
      path('p-4', '192.0.2.1', '198.51.100.1'),
      path('p-6', '2001:db8::1', '2001:db8:1::1'),
    ]);
    recorder.recordFlow(flow('192.0.2.1', '198.51.100.1'), counts(3, 300));
    recorder.recordFlow(flow('198.51.100.1', '192.0.2.1'), counts(2, 200));
    recorder.recordFlow(flow('2001:db8::1', '2001:db8:1::1'), counts(5, 500));
    recorder.recordFlow(flow('192.0.2.1', '198.51.100.2'), counts(7, 700));
    expect(Object.fromEntries(recorder.pathTotals())).toEqual({
      'p-4': { tx_packets: 3n, tx_bytes: 300n, rx_packets: 2n, rx_bytes: 200n },
      'p-6': { tx_packets: 5n, tx_bytes: 500n, rx_packets: 0n, rx_bytes: 0n },
    });
    expect(recorder.takeInterval().policies).toEqual([
      { policy_id: 'default', endpoint_id: 'wan1', packets: 17n, bytes: 1700n, active_flows: 4 },
    ]);
  });

  it('must have the ports of its ends, except later fragments, which have none', () => {
    const recorder = new Recorder();
    recorder.setPaths([path('p-1', '192.0.2.1', '198.51.100.1', WIREGUARD)]);
    recorder.recordFlow(flow('192.0.2.1', '198.51.100.1'), counts(1, 100));
    recorder.recordFlow(flow('192.0.2.1', '198.51.100.1', { dst_port: 4791 }), counts(10, 1000));
    recorder.recordFlow(flow('192.0.2.1', '198.51.100.1', { src_port: 0, dst_port: 0 }), counts(2, 200));
    expect(recorder.pathTotals().get('p-1')).toMatchObject({ tx_packets: 3n, tx_bytes: 300n });
  });

  it('belongs to the path with matching ports if two paths have the same ends', () => {
    const recorder = new Recorder();
    recorder.setPaths([
      path('p-1', '192.0.2.1', '198.51.100.1', 1),
      path('p-2', '192.0.2.1', '198.51.100.1', 2),
    ]);
    recorder.recordFlow(flow('192.0.2.1', '198.51.100.1', { src_port: 2, dst_port: 2 }), counts(1, 100));
    expect([...recorder.pathTotals().keys()]).toEqual(['p-2']);
  });

  it('is counted from the next packet once the path is set, and kept when the path is removed', () => {
    const recorder = new Recorder();
    const packet = () => recorder.recordFlow(flow('192.0.2.1', '198.51.100.1'), counts(1, 100));
    packet();
    recorder.setPaths([path('p-1', '192.0.2.1', '198.51.100.1')]);
    packet();
    recorder.setPaths([]);
    packet();
    recorder.setPaths([path('p-2', '192.0.2.1', '198.51.100.1')]);
    packet();
    expect(Object.fromEntries(recorder.pathTotals())).toMatchObject({
      'p-1': { tx_packets: 1n },
      'p-2': { tx_packets: 1n },
    });
    expect(recorder.getPolicyStats('default').packets_matched).toBe(4);
  });

  it('cannot have ends of two address families', () => {
    const recorder = new Recorder();
    expect(() => recorder.setPaths([path('p-1', '192.0.2.1', '2001:db8::1')])).toThrow(
      new ValidationError(
        'A flow needs two IPv4 or two IPv6 addresses, but has src "192.0.2.1" and dst "2001:db8::1".',
      ),
    );
  });
});

const HOSTS = ['192.0.2.1', '192.0.2.2', '198.51.100.1', '198.51.100.2'];
const anyPaths = fc
  .uniqueArray(fc.tuple(fc.constantFrom(...HOSTS.slice(0, 2)), fc.constantFrom(...HOSTS.slice(2))), {
    selector: pair => pair.join(),
    maxLength: 4,
  })
  .map(pairs => pairs.map(([local, remote]) => path(`${local}-${remote}`, local, remote)));
const anyFlow = fc.record({
  src: fc.constantFrom(...HOSTS),
  dst: fc.constantFrom(...HOSTS),
  src_port: fc.constant(1),
  dst_port: fc.constantFrom(80, 443),
  protocol: fc.constant(6),
});
const POLICIES = compilePolicies([
  { id: '1', name: 'web', priority: 10, enabled: true, match: { destination_port_from: 80 } },
]);
const anyStep = fc.oneof(
  { weight: 8, arbitrary: fc.record({ flow: anyFlow, packets: fc.integer({ min: 1, max: 1000 }) }) },
  { weight: 1, arbitrary: fc.record({ paths: anyPaths }) },
  { weight: 1, arbitrary: fc.constant('policies' as const) },
);

/** An interval as a report shows it: a flow's records are one. */
const shown = ({ policies, flows }: RecorderInterval) => ({
  policies: new Set(policies.map(total => JSON.stringify(total, bigints))),
  flows: new Set(limitFlows(flows, 1000).map(record => JSON.stringify(record, bigints))),
});
const bigints = (_: string, value: unknown) => (typeof value === 'bigint' ? String(value) : value);

it('does not change the counts of policies and flows, and matches a simple check of each packet', () => {
  fc.assert(
    fc.property(fc.array(anyStep, { maxLength: 60 }), steps => {
      const [plain, withPaths] = [new Recorder(), new Recorder()];
      const expected = new Map<string, PathCounts>();
      let paths: PathEnds[] = [];
      for (const step of steps) {
        if (step === 'policies') {
          for (const recorder of [plain, withPaths]) recorder.setPolicies(POLICIES);
        } else if ('paths' in step) {
          paths = step.paths;
          withPaths.setPaths(paths);
        } else {
          const { flow: key, packets } = step;
          const bytes = packets * 100;
          for (const recorder of [plain, withPaths]) recorder.recordFlow(key, counts(packets, bytes));
          for (const { path_id, local, remote } of paths) {
            const sum = expected.get(path_id) ?? noPathCounts();
            const sent = key.src === local.address && key.dst === remote.address;
            const received = key.dst === local.address && key.src === remote.address;
            if (sent) sum.tx_packets += BigInt(packets);
            if (sent) sum.tx_bytes += BigInt(bytes);
            if (received) sum.rx_packets += BigInt(packets);
            if (received) sum.rx_bytes += BigInt(bytes);
            if (sent || received) expected.set(path_id, sum);
          }
        }
      }
      expect(withPaths.pathTotals()).toEqual(expected);
      expect(shown(withPaths.takeInterval())).toEqual(shown(plain.takeInterval()));
      expect(withPaths.totals()).toEqual(plain.totals());
    }),
    { numRuns: 300 },
  );
});
