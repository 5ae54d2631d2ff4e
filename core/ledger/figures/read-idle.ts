import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { LRUCache } from 'lru-cache';
import { type BatchGetOptions, readItems } from '../../storage/batch-get.ts';
import { type ItemKey, keyText } from '../../storage/item.ts';
import type { TableNames } from '../../storage/tables.ts';
import { systemClock, systemSleep } from '../../time/clock.ts';
import { type IdlePairs, type IdleSegment, NO_IDLE_PAIRS } from '../lane/idle-pairs.ts';
import type { Lane } from '../lane/lane.ts';
import type { WholeLane } from '../lane/lane-totals.ts';
import { idleKey } from '../lane-keys.ts';
import { decodeIdleSegment } from '../packing/idle-codec.ts';
import { PackedDataUnreadable } from '../packing/packed-item.ts';

/** Room for about 200,000 idle pairs. */
const MEMORY_BYTES = 48 * 1024 * 1024;

/** Memory per unpacked pair, roughly. */
const PAIR_BYTES = 250;

/**
 * Segments that were read, by version. A segment never changes and its version is random, so it is
 * served from memory without a check: a reader of all lanes reads it once.
 */
const segments = new LRUCache<number, IdleSegment>({
  maxSize: MEMORY_BYTES,
  sizeCalculation: ({ pairs }) => (pairs.size + 1) * PAIR_BYTES,
});

/** Time limit of one read of idle pairs, where the caller has no deadline of its own. */
const READ_LIMIT_MS = 20_000;

/** The lane with its idle pairs, or why they can't be read. */
export type WithIdlePairs<L extends LaneName> = L & { idle: IdlePairs | PackedDataUnreadable };

type LaneName = Pick<Lane, 'edge_id' | 'part' | 'idle_version'>;

/**
 * Adds each lane's idle pairs to it: exactly the segments that the lane names. Segments that this
 * process has read before come from memory.
 *
 * @throws Throttled at the deadline
 */
export async function addIdlePairs<L extends LaneName>(
  lanes: readonly L[],
  options: BatchGetOptions,
): Promise<WithIdlePairs<L>[]> {
  const withIdle = lanes.filter(({ idle_version }) => idle_version !== 0);
  if (withIdle.length === 0) return lanes.map(lane => ({ ...lane, idle: NO_IDLE_PAIRS }));
  const found = new Map<number, IdleSegment | PackedDataUnreadable>();
  await readSegments(
    withIdle.map(lane => ({ lane, version: lane.idle_version })),
    found,
    options,
  );
  const older = withIdle.flatMap(lane => {
    const newest = found.get(lane.idle_version);
    return newest && 'older' in newest ? newest.older.map(version => ({ lane, version })) : [];
  });
  await readSegments(older, found, options);
  return lanes.map(lane => ({ ...lane, idle: idleOf(lane, found) }));
}

/**
 * Like {@link addIdlePairs}, for readers of figures.
 *
 * @param onUnreadable called for a lane whose idle pairs can't be read; such a lane is left out.
 * Without it the error is thrown.
 * @throws PackedDataUnreadable
 */
export async function wholeLanes(
  lanes: readonly Lane[],
  { client, tables }: { client: DynamoDBDocumentClient; tables: Pick<TableNames, 'traffic'> },
  onUnreadable: (lane: Lane, cause: PackedDataUnreadable) => void = (_, cause) => {
    throw cause;
  },
): Promise<WholeLane[]> {
  const now = systemClock();
  const whole = await addIdlePairs(lanes, {
    client,
    table: tables.traffic,
    clock: systemClock,
    sleep: systemSleep,
    random: Math.random,
    deadline: now + READ_LIMIT_MS,
  });
  return whole.flatMap(({ idle, ...lane }) => {
    if (!(idle instanceof PackedDataUnreadable)) return [{ ...lane, idle }];
    onUnreadable(lane, idle);
    return [];
  });
}

interface SegmentName {
  lane: LaneName;
  version: number;
}

async function readSegments(
  names: readonly SegmentName[],
  found: Map<number, IdleSegment | PackedDataUnreadable>,
  options: BatchGetOptions,
): Promise<void> {
  const missing = new Map<number, ItemKey>();
  for (const { lane, version } of names) {
    const known = segments.get(version);
    if (known) found.set(version, known);
    else missing.set(version, idleKey(lane.edge_id, lane.part, version));
  }
  const items = await readItems([...missing.values()], options);
  for (const [version, key] of missing) {
    found.set(version, unpack(version, items.get(keyText(key))?.data));
  }
}

function unpack(version: number, data: unknown): IdleSegment | PackedDataUnreadable {
  if (!(data instanceof Uint8Array)) {
    return new PackedDataUnreadable(`idle pairs of version ${version} are missing`);
  }
  try {
    const segment = decodeIdleSegment(version, data);
    segments.set(version, segment);
    return segment;
  } catch (cause) {
    if (cause instanceof PackedDataUnreadable) return cause;
    throw cause;
  }
}

function idleOf(
  { idle_version }: LaneName,
  found: ReadonlyMap<number, IdleSegment | PackedDataUnreadable>,
): IdlePairs | PackedDataUnreadable {
  if (idle_version === 0) return NO_IDLE_PAIRS;
  const newest = found.get(idle_version)!;
  if (newest instanceof PackedDataUnreadable) return newest;
  const all: IdleSegment[] = [newest];
  for (const version of newest.older) {
    const segment = found.get(version)!;
    if (segment instanceof PackedDataUnreadable) return segment;
    all.push(segment);
  }
  return all;
}
