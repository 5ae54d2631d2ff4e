/**
 * Where the log's lines are, and where what finds them again is. Athena and DuckDB read everything
 * under the first.
 */
export const FLOWS_PREFIX = 'flows/';
export const INDEX_PREFIX = 'flow-index/';

/** An object holds what arrived within one hour of UTC. */
export const HOUR_MS = 3_600_000;

/** What the name of an object says. */
export interface FlowKey {
  key: string;
  /** Beginning of its hour, milliseconds since the epoch. */
  hour: number;
  /** The first and the last arrival in it; both count. */
  first_ms: number;
  last_ms: number;
  /** How often its lines were merged: 0 as ingest wrote it. */
  generation: number;
  digest: string;
}

/** Arrivals as 13 digits: names sort by time until the year 2286. */
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
 * The key of what ingest writes of a batch. The digest is of what is in it, so that an equal batch
 * overwrites itself.
 * @param shard number of the shard that the batch is of
 */
export function batchKey(named: {
  first_ms: number;
  last_ms: number;
  shard: number;
  digest: string;
}): string {
  return keyOf({ ...named, source: `s${named.shard}` });
}

/** The key of a merged object. In the order of keys it comes after all that it was made of. */
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

/** Undefined for a name that this system doesn't give. */
export function parseFlowKey(key: string): FlowKey | undefined {
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

/** Where the index of a merged object is: outside the log, which is read as it is. */
export function indexKey(key: string): string {
  return `${INDEX_PREFIX}${key.slice(FLOWS_PREFIX.length)}.index`;
}
