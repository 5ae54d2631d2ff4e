import { seededRandom } from '../simulation/random.ts';
import { type FlowTick, siteTraffic } from '../simulation/site-traffic.ts';
import { arpFrame, type Frame, packetFrame, pcapHeader, pcapRecord } from './capture-frames.ts';

/** A capture with its totals, counted while it was made. */
export interface OfficeCapture {
  file: Buffer;
  packets: number;
  /** Layer-3 bytes. */
  bytes: number;
  skipped: number;
}

const START_US = Date.UTC(2026, 0, 30, 9) * 1000;
const TICK_S = 10;
const TICKS = 30;

/** Maximum number of packets of a flow per tick, so that the capture stays small. */
const PACKETS_A_TICK = 6;

const MIN_BYTES = 60;

/** Five minutes of a small office's traffic, headers only: the same for the same seed. */
export function makeOfficeCapture(seed: string): OfficeCapture {
  const random = seededRandom(`${seed} capture`);
  const nextTick = siteTraffic({
    seed,
    site: 1,
    sites: 3,
    endpoint_ids: ['wan1'],
    flows: 20,
    tick_s: TICK_S,
  });
  const frames: { at_us: number; frame: Frame; bytes: number }[] = [];
  for (let tick = 0; tick < TICKS; tick++) {
    const start_us = START_US + tick * TICK_S * 1e6;
    for (const flow of nextTick()) {
      for (const bytes of packetSizes(flow)) {
        const share = flow.from + (flow.to - flow.from) * random.next();
        const vlan = random.next() < 0.1 ? { vlan: 20 } : {};
        const at_us = start_us + Math.floor(share * TICK_S * 1e6);
        frames.push({ at_us, frame: packetFrame(flow.flow, bytes, vlan), bytes });
      }
    }
    frames.push({ at_us: start_us + 1, frame: arpFrame(), bytes: 0 });
  }
  frames.sort((a, b) => a.at_us - b.at_us);
  const packets = frames.filter(({ bytes }) => bytes > 0);
  return {
    file: Buffer.concat([pcapHeader(), ...frames.map(({ frame, at_us }) => pcapRecord(frame, at_us))]),
    packets: packets.length,
    bytes: packets.reduce((sum, { bytes }) => sum + bytes, 0),
    skipped: frames.length - packets.length,
  };
}

function packetSizes({ packets, bytes }: FlowTick): number[] {
  const size = Math.min(1500, Math.max(MIN_BYTES, Math.round(bytes / packets)));
  return new Array<number>(Math.min(packets, PACKETS_A_TICK)).fill(size);
}
