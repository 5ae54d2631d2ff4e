import type { FlowKey } from '../../core/policy/flow-key.ts';
import { packetFrame, pcapHeader, pcapRecord } from '../../edge/sample/capture-frames.ts';

const START_US = Date.UTC(2026, 0, 30, 9) * 1000;

const V4 = { src: '10.1.2.3', dst: '192.0.2.9' };
const V6 = { src: '2001:db8:1::3', dst: '2001:db8:2::9' };

/**
 * One flow of every protocol that exporters name differently, with the packets of each and their
 * layer-3 bytes.
 */
const FLOWS: { flow: FlowKey; packets: number; bytes: number }[] = [
  { flow: { ...V4, src_port: 51_234, dst_port: 443, protocol: 6 }, packets: 9, bytes: 1400 },
  { flow: { ...V4, src_port: 51_235, dst_port: 53, protocol: 17 }, packets: 2, bytes: 90 },
  { flow: { ...V4, src_port: 0, dst_port: 0, protocol: 1 }, packets: 4, bytes: 84 },
  { flow: { ...V4, src_port: 0, dst_port: 0, protocol: 47 }, packets: 5, bytes: 700 },
  { flow: { ...V4, src_port: 0, dst_port: 0, protocol: 50 }, packets: 6, bytes: 600 },
  { flow: { ...V4, src_port: 0, dst_port: 0, protocol: 89 }, packets: 3, bytes: 64 },
  { flow: { ...V4, src_port: 0, dst_port: 0, protocol: 112 }, packets: 3, bytes: 60 },
  { flow: { ...V6, src_port: 51_236, dst_port: 443, protocol: 6 }, packets: 7, bytes: 1300 },
  { flow: { ...V6, src_port: 51_237, dst_port: 4500, protocol: 17 }, packets: 8, bytes: 200 },
  { flow: { ...V6, src_port: 0, dst_port: 0, protocol: 58 }, packets: 4, bytes: 104 },
];

/** As many flows again of one kind. */
const MORE_FLOWS = Array.from({ length: 12 }, (_, index) => ({
  flow: { ...V4, src_port: 52_000 + index, dst_port: 443, protocol: 6 },
  packets: 2,
  bytes: 500,
}));

/**
 * A small capture of both IP versions and many protocols; the same each time. `more`: with more
 * flows of one kind.
 */
export function peerCapture({ more = false } = {}): { file: Buffer; packets: number } {
  const flows = more ? [...FLOWS, ...MORE_FLOWS] : FLOWS;
  const packets = flows.flatMap(({ flow, packets: count, bytes }) =>
    Array.from({ length: count }, () => packetFrame(flow, bytes)),
  );
  const records = packets.map((frame, index) => pcapRecord(frame, START_US + index * 20_000));
  return { file: Buffer.concat([pcapHeader(), ...records]), packets: packets.length };
}
