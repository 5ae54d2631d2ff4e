import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { isOtherFlows } from '../totals/other-flows.ts';
import { DIGEST_CHARACTERS, GZIP_LEVEL } from './batch-objects.ts';
import type { ErasedAddresses } from './erased-addresses.ts';
import { bucketCount, bucketOf, encodeIndex, readIndex, readReportIds } from './flow-index.ts';
import type { FlowLine } from './flow-line.ts';
import type { FlowObjects } from './flow-objects.ts';
import { compareLines } from './flow-order.ts';
import { inOrder } from './in-order.ts';
import { reportsOf } from './lines-of-object.ts';
import { indexKey, mergedKey } from './object-key.ts';
import type { StoredObject } from './read-hour.ts';
import { ReportsSeen } from './reports-seen.ts';

const gzipAsync = promisify(gzip);

const MINUTE_MS = 60_000;
const OBJECTS_AHEAD = 8;

export interface MergeRequest {
  /** Objects of one hour, in the order of their keys. */
  sources: readonly StoredObject[];
  /** Objects of the hour that stay: their reports are not written again. */
  others: readonly StoredObject[];
  erased: ErasedAddresses;
  /** Flows that arrived at or before this time have expired, milliseconds since the epoch. */
  expired_ms: number;
}

/** A report that goes into a merged object. */
interface MergedReport {
  arrived_ms: number;
  id: FlowLine;
  lines: { text: string; src: string; dst: string }[];
}

/**
 * Merges objects into one, with each report once and without erased lines, sorted by arrival, with
 * one gzip member per minute, and writes its index. The new object is written before the sources
 * are deleted, so every report exists at any moment, and readers count repeats once. May be
 * repeated from any point.
 *
 * @returns false if a source no longer exists: another run has merged it, and nothing was written
 */
export async function mergeObjects(
  objects: FlowObjects,
  { sources, others, erased, expired_ms }: MergeRequest,
): Promise<boolean> {
  const seen = await reportsIn(objects, others);
  const reports: MergedReport[] = [];
  for await (const [, body] of inOrder(sources, OBJECTS_AHEAD, ({ key }) => objects.get(key))) {
    if (!body) return false;
    for await (const some of reportsOf(body)) {
      for (const lines of some) addReport(lines);
    }
  }

  function addReport(lines: FlowLine[]): void {
    const [id] = lines as [FlowLine];
    const arrived_ms = Date.parse(id.arrived_at);
    if (arrived_ms <= expired_ms) return;
    const kept = lines.filter(line => !erased.has(line, arrived_ms));
    if (kept.length === 0 || !seen.add(id)) return;
    const texts = kept.map(line => ({ text: `${JSON.stringify(line)}\n`, src: line.src, dst: line.dst }));
    reports.push({ arrived_ms, id, lines: texts });
  }

  if (reports.length > 0) {
    reports.sort((a, b) => a.arrived_ms - b.arrived_ms || compareLines(a.id, b.id));
    await write(objects, reports, Math.max(...sources.map(({ generation }) => generation)) + 1);
  }
  await objects.delete(sources.map(({ key }) => key));
  const indexed = sources.filter(({ generation }) => generation > 0);
  await objects.delete(indexed.map(({ key }) => indexKey(key)));
  return true;
}

async function write(objects: FlowObjects, reports: MergedReport[], generation: number): Promise<void> {
  const digest = createHash('sha256');
  const members: Buffer[] = [];
  const minutes: [number, number][] = [];
  let object_size = 0;
  for (const [minute, ofMinute] of Map.groupBy(reports, minuteOf)) {
    const text = ofMinute.map(({ lines }) => lines.map(line => line.text).join('')).join('');
    digest.update(text);
    const member = await gzipAsync(text, { level: GZIP_LEVEL });
    minutes.push([minute, object_size]);
    members.push(member);
    object_size += member.length;
  }
  const key = mergedKey({
    first_ms: reports[0]!.arrived_ms,
    last_ms: reports.at(-1)!.arrived_ms,
    generation,
    digest: digest.digest('hex').slice(0, DIGEST_CHARACTERS),
  });
  const lines = reports.reduce((sum, report) => sum + report.lines.length, 0);
  const buckets = bucketsOf(reports, bucketCount(lines));
  const ids = reports.map(({ id }) => id);
  // The index is written first: an object without one would be read as a whole by each query.
  await objects.put(indexKey(key), await encodeIndex({ object_size, lines, minutes, buckets, reports: ids }));
  await objects.put(key, Buffer.concat(members));
}

function minuteOf({ arrived_ms }: MergedReport): number {
  return Math.floor(arrived_ms / MINUTE_MS) * MINUTE_MS;
}

/** Puts each line into the bucket of its source and into that of its destination. */
function bucketsOf(reports: readonly MergedReport[], count: number): string[] {
  const buckets = Array.from({ length: count }, () => [] as string[]);
  for (const { lines } of reports) {
    for (const { text, src, dst } of lines) {
      if (isOtherFlows({ src, dst })) continue;
      const [a, b] = [bucketOf(src, count), bucketOf(dst, count)];
      buckets[a]!.push(text);
      if (b !== a) buckets[b]!.push(text);
    }
  }
  return buckets.map(lines => lines.join(''));
}

/** The reports in objects, read from their indexes, or from the objects if there is no index. */
async function reportsIn(objects: FlowObjects, stored: readonly StoredObject[]): Promise<ReportsSeen> {
  const seen = new ReportsSeen();
  for (const { key, generation } of stored) {
    const index = generation > 0 ? await readIndex(objects, key) : undefined;
    const ids = index && (await readReportIds(objects, { key, index }));
    for (const id of ids ?? []) seen.add(id);
    const body = ids ? undefined : await objects.get(key);
    if (!body) continue;
    for await (const some of reportsOf(body)) for (const [line] of some) seen.add(line!);
  }
  return seen;
}
