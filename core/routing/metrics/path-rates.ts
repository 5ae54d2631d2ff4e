import { type LaneSampleAt, readLaneSamples } from '../../history/lane-sample.ts';
import { readLastMark } from '../../history/sample-store.ts';
import type { Path } from '../../inventory/model/site.ts';
import type { Lane } from '../../ledger/lane/lane.ts';
import { decodeLane } from '../../ledger/packing/lane-codec.ts';
import { PackedDataUnreadable, readOrUnreadable } from '../../ledger/packing/packed-item.ts';
import type { StoreContext } from '../../storage/store-context.ts';
import { readLanesByName } from './many-metrics.ts';
import type { LaneOfPath } from './path-metrics-store.ts';

/** The traffic of a path, as counted by the edge at one of its ends. */
export interface PathTraffic {
  /** Total from its source to its destination. */
  tx_bytes: bigint;
  /** Total in the other direction. */
  rx_bytes: bigint;
  /** The rate between two reports of the last minutes; undefined: not known. */
  rate: PathRate | undefined;
}

export interface PathRate {
  tx_bits_per_second: number;
  rx_bits_per_second: number;
  from_ms: number;
  to_ms: number;
}

/** A path and its source. */
type PathSource = Pick<Path, 'id' | 'source_site_id'>;

/**
 * Least age of the earlier of the two reports, so that an edge that reports each minute has
 * reported since.
 */
const AGO_MS = 90_000;

/**
 * After a longer silence of an edge, or after three of its intervals if that is longer, the rate is
 * not known.
 */
const SILENT_MS = 300_000;

/**
 * The traffic of paths: their lanes compared with the samples of these lanes in the last snapshot
 * that is at least 90 s old. A path that no edge has reported is not in it. Eventually consistent.
 *
 * @throws Throttled at the deadline
 */
export async function readPathTraffic(
  context: StoreContext,
  { paths, told_by }: { paths: readonly PathSource[]; told_by: ReadonlyMap<string, LaneOfPath> },
): Promise<Map<string, PathTraffic>> {
  const store = { ...context, table: context.tables.traffic, eventually: true };
  const now = context.clock();
  const names = [...new Set(paths.flatMap(({ id }) => told_by.get(id) ?? []))];
  const [laneOf, mark] = await Promise.all([
    readLanesByName(context, names),
    readLastMark(store, { resolution: 'MINUTE', before: now - AGO_MS }),
  ]);
  const lanes = new Map(
    names.flatMap(name => (laneOf(name) ? [[nameOf(name), laneOf(name)!] as const] : [])),
  );
  const heard = [...lanes.values()].filter(lane => isHeard(lane, now));
  const sampleAt = mark && (await readLaneSamples(store, { lanes: heard, readings: [mark] }));
  const before = new Map(
    heard.flatMap(lane => {
      const sample = mark && sampleAt && sampleOf(lane, sampleAt, mark);
      return sample ? [[nameOf(lane), sample] as const] : [];
    }),
  );
  const found = new Map<string, PathTraffic>();
  for (const path of paths) {
    const name = told_by.get(path.id);
    const lane = name && lanes.get(nameOf(name));
    const traffic = lane && trafficOver(path, { lane, before: before.get(nameOf(lane)) });
    if (traffic) found.set(path.id, traffic);
  }
  return found;
}

const nameOf = ({ edge_id, part }: LaneOfPath): string => `${part} ${edge_id}`;

function isHeard({ last_heard_at_ms, interval_s }: Lane, now: number): boolean {
  return now - last_heard_at_ms <= Math.max(SILENT_MS, 3000 * interval_s);
}

function sampleOf(lane: Lane, sampleAt: LaneSampleAt, mark: Parameters<LaneSampleAt>[1]): Lane | undefined {
  const sample = sampleAt(lane, mark);
  if (!sample) return undefined;
  const decoded = readOrUnreadable(() => decodeLane(lane, sample.data));
  return decoded instanceof PackedDataUnreadable ? undefined : decoded;
}

function trafficOver(
  path: PathSource,
  { lane, before }: { lane: Lane; before: Lane | undefined },
): PathTraffic | undefined {
  const now = sentOver(path, lane);
  if (!now) return undefined;
  const then = before && sentOver(path, before);
  const elapsed_ms = before ? lane.sent_at_ms - before.sent_at_ms : 0;
  const isKnown = then && elapsed_ms > 0 && now.tx_bytes >= then.tx_bytes && now.rx_bytes >= then.rx_bytes;
  const perSecond = (bytes: bigint) => (Number(bytes) * 8 * 1000) / elapsed_ms;
  return {
    ...now,
    rate: isKnown
      ? {
          tx_bits_per_second: perSecond(now.tx_bytes - then.tx_bytes),
          rx_bits_per_second: perSecond(now.rx_bytes - then.rx_bytes),
          from_ms: before!.sent_at_ms,
          to_ms: lane.sent_at_ms,
        }
      : undefined,
  };
}

/** The lane's totals of a path, seen from the path's source. */
function sentOver(path: PathSource, lane: Lane): Pick<PathTraffic, 'tx_bytes' | 'rx_bytes'> | undefined {
  const counts = lane.paths.get(path.id);
  if (!counts) return undefined;
  const tx_bytes = counts.current.tx_bytes + counts.earlier.tx_bytes;
  const rx_bytes = counts.current.rx_bytes + counts.earlier.rx_bytes;
  return lane.site_id === path.source_site_id
    ? { tx_bytes, rx_bytes }
    : { tx_bytes: rx_bytes, rx_bytes: tx_bytes };
}
