import type { ErasedAddresses } from './erased-addresses.ts';
import { bytesOf, readBuckets, readIndex } from './flow-index.ts';
import type { FlowLine } from './flow-line.ts';
import type { ByteRange, FlowObject, FlowObjects } from './flow-objects.ts';
import { type HourSlice, slicePrefix } from './hour-slices.ts';
import { inOrder } from './in-order.ts';
import { reportsOf } from './lines-of-object.ts';
import { FLOWS_PREFIX, hourPrefix, type ObjectKey, parseObjectKey } from './object-key.ts';

/** Number of objects that are read concurrently. Memory holds this many, compressed. */
const OBJECTS_AHEAD = 8;

/** Smaller objects are read as a whole, which is as fast as reading their index first. */
const SMALL_BYTES = 64 * 1024;

export interface StoredObject extends ObjectKey, FlowObject {}

/** The objects of an hour, in the order of their keys. */
export function listHour(objects: FlowObjects, hour: number): Promise<StoredObject[]> {
  return listUnder(objects, hourPrefix(hour));
}

/** The objects of a slice of an hour, in the order of their keys. */
export function listSlice(objects: FlowObjects, slice: HourSlice): Promise<StoredObject[]> {
  return listUnder(objects, slicePrefix(slice));
}

/** All objects of the log. */
export function listLog(objects: FlowObjects): Promise<StoredObject[]> {
  return listUnder(objects, FLOWS_PREFIX);
}

async function listUnder(objects: FlowObjects, prefix: string): Promise<StoredObject[]> {
  return (await objects.list(prefix)).flatMap(object => {
    const named = parseObjectKey(object.key);
    return named ? [{ ...named, ...object }] : [];
  });
}

export interface HourQuery {
  hour: number;
  /** Arrivals at or after `from` and before `to`, milliseconds since the epoch. */
  from: number;
  to: number;
  erased: ErasedAddresses;
  /** Only lines with one of these hosts at an end are needed; canonical texts. */
  hosts?: readonly string[] | undefined;
  /** The hour's objects, if they were listed a moment ago. */
  listed?: readonly StoredObject[] | undefined;
  /** Called before each object is read; throws to end the read. */
  check(): void;
}

/**
 * All reports of an hour that arrived in a range, with their lines that are not erased, in the
 * order of objects, repeats included. With `hosts`, lines of other hosts may be left out.
 */
export async function* readHour(objects: FlowObjects, query: HourQuery): AsyncGenerator<FlowLine[]> {
  const done = new Set<string>();
  let listing = query.listed;
  // A missing object was merged: a new list contains the object that has its lines.
  for (let missing = true; missing; ) {
    missing = false;
    listing ??= await listHour(objects, query.hour);
    const listed = listing.filter(
      ({ key, first_ms, last_ms }) => first_ms < query.to && last_ms >= query.from && !done.has(key),
    );
    for await (const [{ key }, body] of inOrder(listed, OBJECTS_AHEAD, object =>
      fetch(objects, object, query),
    )) {
      query.check();
      if (body === undefined) {
        missing = true;
        listing = undefined;
        continue;
      }
      done.add(key);
      yield* within(body, query);
    }
  }
}

async function* within(pieces: Pieces, { from, to, erased }: HourQuery): AsyncGenerator<FlowLine[]> {
  for await (const reports of reportsIn(pieces)) {
    for (const report of reports) {
      const arrived = Date.parse(report[0]!.arrived_at);
      if (arrived < from || arrived >= to) continue;
      const lines = report.filter(line => !erased.has(line, arrived));
      if (lines.length > 0) yield lines;
    }
  }
}

/**
 * Compressed texts of lines. A report is complete in one of them, or its lines are in several, some
 * of them twice.
 */
type Pieces = readonly Uint8Array[];

async function* reportsIn(pieces: Pieces): AsyncGenerator<FlowLine[][]> {
  const [first] = pieces;
  if (first === undefined) return;
  if (pieces.length === 1) yield* reportsOf(first);
  else yield await joined(pieces);
}

/**
 * The reports of several pieces, each complete and with every line once. The pieces are buckets of
 * an index, which are small.
 */
async function joined(pieces: Pieces): Promise<FlowLine[][]> {
  const reports = new Map<string, Map<number, FlowLine>>();
  for (const piece of pieces) {
    for await (const found of reportsOf(piece)) {
      for (const line of found.flat()) {
        const id = JSON.stringify([line.edge_id, line.boot_id, line.part, line.seq]);
        const lines = reports.get(id) ?? new Map<number, FlowLine>();
        reports.set(id, lines.set(line.n, line));
      }
    }
  }
  return [...reports.values()].map(lines => [...lines.values()]);
}

/** Reads the required part of an object. Undefined if the object no longer exists. */
async function fetch(
  objects: FlowObjects,
  { key, size, generation, first_ms, last_ms }: StoredObject,
  { from, to, hosts, check }: HourQuery,
): Promise<Pieces | undefined> {
  check();
  const readAll = async (range?: ByteRange) => {
    const body = await objects.get(key, range);
    return body && [body];
  };
  const whole = first_ms >= from && last_ms < to;
  if (generation === 0 || size < SMALL_BYTES || (whole && hosts === undefined)) return readAll();
  const index = await readIndex(objects, key);
  if (index?.object_size !== size) return readAll();
  // If the index has been deleted in the meantime, the object has been or will be deleted too.
  if (hosts !== undefined) {
    const buckets = await readBuckets(objects, { key, index, addresses: hosts });
    return buckets?.filter(({ length }) => length > 0);
  }
  const range = bytesOf(index, { from, to });
  return range ? readAll(range) : [];
}
