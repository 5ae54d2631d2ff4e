/**
 * Prefixes of the log's objects and of their indexes. Athena and DuckDB read everything under the
 * first one.
 */
export const FLOWS_PREFIX = 'flows/';
export const INDEX_PREFIX = 'flow-index/';

/** An object contains what arrived within one hour of UTC. */
export const HOUR_MS = 3_600_000;

/** The parts of an object's name. */
export interface ObjectKey {
  key: string;
  /** Start of its hour, milliseconds since the epoch. */
  hour: number;
  /** The first and the last arrival in it, both inclusive. */
  first_ms: number;
  last_ms: number;
  /** How often its lines were merged; 0 for objects that ingest wrote. */
  generation: number;
  digest: string;
}

/** Arrivals have 13 digits, so names sort by time until the year 2286. */
const NAME =
  /^flows\/dt=(\d{4}-\d\d-\d\d)\/hour=(\d\d)\/(\d{13})-(\d{13})-(s\d+|m\d{6})-([0-9a-f]{16,64})\.jsonl\.gz$/;

/** The folder of an hour: `flows/dt=2026-01-31/hour=12/`. */
export function hourPrefix(hour: number): string {
  const time = new Date(hour).toISOString();
  return `${FLOWS_PREFIX}dt=${time.slice(0, 10)}/hour=${time.slice(11, 13)}/`;
}

/** The folder of an hour's indexes. */
export function indexPrefix(hour: number): string {
  return `${INDEX_PREFIX}${hourPrefix(hour).slice(FLOWS_PREFIX.length)}`;
}

export function hourOf(at_ms: number): number {
  return Math.floor(at_ms / HOUR_MS) * HOUR_MS;
}

/**
 * The key of a batch's object, which ingest writes. The digest is that of its content, so an equal
 * batch overwrites it.
 * @param shard number of the batch's shard
 */
export function batchKey(named: {
  first_ms: number;
  last_ms: number;
  shard: number;
  digest: string;
}): string {
  return keyOf({ ...named, source: `s${named.shard}` });
}

/** The key of a merged object. It sorts after the keys of all its sources. */
export function mergedKey(named: {
  first_ms: number;
  last_ms: number;
  generation: number;
  digest: string;
}): string {
  // "m" sorts after the digits and the "s" of a batch, and a later generation after an earlier one.
  return keyOf({ ...named, source: `m${String(named.generation).padStart(6, '0')}` });
}

function keyOf(named: { first_ms: number; last_ms: number; source: string; digest: string }): string {
  const { first_ms, last_ms, source, digest } = named;
  return `${hourPrefix(hourOf(first_ms))}${digits(first_ms)}-${digits(last_ms)}-${source}-${digest}.jsonl.gz`;
}

function digits(ms: number): string {
  return String(ms).padStart(13, '0');
}

/** Parses a key; undefined for a name in another format. */
export function parseObjectKey(key: string): ObjectKey | undefined {
  const match = NAME.exec(key);
  if (!match) return undefined;
  const [, day, hour, first, last, source, digest] = match as unknown as string[];
  return {
    key,
    hour: Date.parse(`${day}T${hour}:00:00Z`),
    first_ms: Number(first),
    last_ms: Number(last),
    generation: source!.startsWith('m') ? Number(source!.slice(1)) : 0,
    digest: digest!,
  };
}

/**
 * The key of a merged object's index. Indexes are outside the log, because other programs read all
 * of the log.
 */
export function indexKey(key: string): string {
  return `${INDEX_PREFIX}${key.slice(FLOWS_PREFIX.length)}.index`;
}
