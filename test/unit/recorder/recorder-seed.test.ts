import { expect, it } from 'vitest';
import type { FlowKey } from '../../../core/policy/flow-key.ts';
import { Recorder } from '../../../core/recorder/recorder.ts';

const MINUTE_MS = 60_000;

function flow(n: number, protocol = 6): FlowKey {
  return { src: `10.0.0.${n}`, src_port: 50_000 + n, dst: '192.0.2.9', dst_port: 443, protocol };
}

it('test_traffic_stats_end_to_end', () => {
  const recorder = new Recorder();
  for (let i = 0; i < 10; i++) {
    recorder.recordPacket('1', flow(1), 1500);
  }
  expect(recorder.getPolicyStats('1')).toMatchObject({
    policy_id: '1',
    packets_matched: 10,
    bytes_matched: 15_000,
    active_flows: 1,
    packets_exact: 10n,
    bytes_exact: 15_000n,
  });
  expect(recorder.storeSnapshot(interval => interval.policies)).toEqual([
    { policy_id: '1', endpoint_id: 'wan1', packets: 10n, bytes: 15_000n, active_flows: 1 },
  ]);
});

it('test_traffic_stats_multiple_policies', () => {
  const recorder = new Recorder();
  recorder.recordPacket('1', flow(1), 100);
  recorder.recordPacket('2', flow(2), 200);
  recorder.recordPacket('2', flow(3, 17), 300);
  expect(recorder.getAllStats()).toMatchObject([
    { policy_id: '1', packets_matched: 1, bytes_matched: 100, active_flows: 1 },
    { policy_id: '2', packets_matched: 2, bytes_matched: 500, active_flows: 2 },
  ]);
  expect(recorder.getPolicyStats('3')).toMatchObject({
    packets_matched: 0,
    bytes_matched: 0,
    active_flows: 0,
    packets_exact: 0n,
  });
});

it('test_traffic_stats_flow_cleanup', () => {
  let now = 0;
  const recorder = new Recorder({ clock: () => now });
  recorder.recordPacket('1', flow(1), 100);
  now = 2 * MINUTE_MS;
  recorder.recordPacket('1', flow(2), 100);
  expect(recorder.activeFlowCount()).toBe(2);

  now = 5 * MINUTE_MS;
  expect(recorder.cleanupStaleFlows()).toBe(0);
  now += 1;
  expect(recorder.cleanupStaleFlows()).toBe(1);
  expect(recorder.cleanupStaleFlows(2 * MINUTE_MS)).toBe(1);
  expect(recorder.activeFlowCount()).toBe(0);
  expect(recorder.getPolicyStats('1')).toMatchObject({ packets_matched: 2, active_flows: 0 });
});

it('test_traffic_stats_reset', () => {
  const recorder = new Recorder();
  recorder.recordPacket('1', flow(1), 100);
  recorder.recordPacket('2', flow(2), 200);

  recorder.resetPolicyStats('1');
  expect(recorder.getAllStats()).toMatchObject([
    { policy_id: '1', packets_matched: 0, bytes_matched: 0, packets_exact: 0n },
    { policy_id: '2', packets_matched: 1, bytes_matched: 200 },
  ]);
  recorder.recordPacket('1', flow(1), 50);
  expect(recorder.getPolicyStats('1')).toMatchObject({
    packets_matched: 1,
    bytes_matched: 50,
    bytes_exact: 50n,
  });

  recorder.resetAll();
  expect(recorder.totals()).toEqual({ packets: 0n, bytes: 0n, flows: 2 });
  expect(recorder.takeInterval().policies).toMatchObject([
    { policy_id: '1', packets: 2n, bytes: 150n },
    { policy_id: '2', packets: 1n, bytes: 200n },
  ]);
});

it('test_traffic_stats_totals', () => {
  const recorder = new Recorder();
  for (let n = 1; n <= 5; n++) {
    recorder.recordPacket(`${n}`, flow(n), 100 * n);
    recorder.recordPacket(`${n}`, flow(n), 100 * n);
  }
  recorder.updateFlowCounts();
  expect(recorder.totals()).toEqual({ packets: 10n, bytes: 3000n, flows: 5 });
  expect(recorder.getAllStats().map(stats => stats.active_flows)).toEqual([1, 1, 1, 1, 1]);
});
