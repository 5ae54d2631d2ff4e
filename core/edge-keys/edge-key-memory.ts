import type { KeyObject } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { keyObjectOf } from '../report/public-key.ts';
import { backoffMs } from '../storage/backoff.ts';
import { keyText } from '../storage/item.ts';
import { parseItem } from '../storage/parse-item.ts';
import { outOfTime } from '../storage/retrying.ts';
import type { StoreContext } from '../storage/store-context.ts';
import { getItems, queryAll } from '../storage/strong-reads.ts';
import {
  type EdgeKeysItem,
  edgeKeysItemSchema,
  edgeKeysKey,
  KEY_CHANGES_PARTITION,
  keyChangeKey,
  keyChangeSchema,
} from './edge-key-items.ts';
import { lastChange } from './plan-key-change.ts';

/** Maximum age of the known keys when a batch is judged: the delay of a new or revoked key. */
export const KEYS_FRESH_MS = 1000;

/** How long a transaction's items may become readable after the number of its change. */
const SETTLED_AFTER_MS = 60_000;

/** A key with its period of validity. */
export interface KnownKey {
  readonly key: KeyObject;
  readonly from_ms: number;
  /** Exclusive; infinite while it is not revoked. */
  readonly until_ms: number;
}

/** The keys of an edge as ingest knows them. */
export interface KnownKeys {
  readonly by_kid: ReadonlyMap<string, KnownKey>;
  /** From then on reports must be signed; infinite for an edge without keys. */
  readonly signs_from_ms: number;
}

const NO_KEYS: KnownKeys = { by_kid: new Map(), signs_from_ms: Number.POSITIVE_INFINITY };

/** Unreadable keys: until they are readable, the edge's reports go to the quarantine. */
const UNREADABLE: KnownKeys = { by_kid: new Map(), signs_from_ms: Number.NEGATIVE_INFINITY };

export interface KeyReading extends StoreContext {
  /** Logs a warning. */
  warn: (message: string, details: Record<string, unknown>) => void;
}

/**
 * The keys of the edges whose reports this function gets. It reads each edge once. Afterwards one
 * small query each {@link KEYS_FRESH_MS} returns the edges whose keys have changed, for any number
 * of reports. So an edge without keys causes no further reads.
 */
export class EdgeKeyMemory {
  // By size: `max` would reserve room for all of them at every cold start.
  readonly #edges: LRUCache<string, KnownKeys>;
  /** The number of the newest known change; undefined before the list is read. */
  #seen: number | undefined;
  #checked_at_ms = Number.NEGATIVE_INFINITY;
  /** Edges that changed recently: a reading of their keys must have at least this revision. */
  readonly #awaited = new Map<string, { revision: number; until_ms: number }>();

  constructor({ maxEdges = 200_000 } = {}) {
    this.#edges = new LRUCache({ maxSize: maxEdges, sizeCalculation: () => 1 });
  }

  /**
   * The keys of these edges, at most {@link KEYS_FRESH_MS} old; with `now`, as of the call.
   *
   * @returns the keys by edge, and whether they are as of the call
   * @throws Throttled or Conflict at the deadline
   */
  async keysOf(
    edge_ids: ReadonlySet<string>,
    context: KeyReading,
    { now = false } = {},
  ): Promise<{ keys: ReadonlyMap<string, KnownKeys>; isNow: boolean }> {
    const isNow = now || context.clock() - this.#checked_at_ms >= KEYS_FRESH_MS;
    if (isNow) await this.#forgetChanged(context);
    const known = new Map<string, KnownKeys>();
    const missing: string[] = [];
    for (const id of edge_ids) {
      const keys = this.#edges.get(id);
      if (keys) known.set(id, keys);
      else missing.push(id);
    }
    for (const [id, keys] of await this.#read(missing, context)) {
      this.#edges.set(id, keys);
      known.set(id, keys);
    }
    return { keys: known, isNow };
  }

  /** Forgets the edges whose keys have changed. */
  async #forgetChanged(context: KeyReading): Promise<void> {
    const now = context.clock();
    if (this.#seen === undefined) {
      this.#seen = await lastChange(context);
    } else {
      const { sk: after } = keyChangeKey(this.#seen);
      for (const item of await queryAll(context, { pk: KEY_CHANGES_PARTITION, after })) {
        const { sk: number, edge_id, revision } = parseItem(keyChangeSchema, item);
        this.#edges.delete(edge_id);
        this.#awaited.set(edge_id, { revision, until_ms: now + SETTLED_AFTER_MS });
        this.#seen = number;
      }
    }
    this.#checked_at_ms = now;
    for (const [id, { until_ms }] of this.#awaited) if (until_ms < now) this.#awaited.delete(id);
  }

  async #read(edge_ids: string[], context: KeyReading): Promise<Map<string, KnownKeys>> {
    const found = new Map<string, KnownKeys>();
    let left = edge_ids;
    for (let attempt = 0; left.length > 0; attempt++) {
      if (attempt > 0) await pause(attempt, context);
      const items = await getItems(context, left.map(edgeKeysKey));
      const byKey = new Map(items.map(item => [keyText(item), item]));
      left = left.filter(id => {
        const item = byKey.get(keyText(edgeKeysKey(id)));
        if (Number(item?.revision ?? 0) < (this.#awaited.get(id)?.revision ?? 0)) return true;
        found.set(id, item ? readKeys(id, item, context) : NO_KEYS);
        return false;
      });
    }
    return found;
  }
}

async function pause(attempt: number, { clock, sleep, random, deadline }: KeyReading): Promise<void> {
  const wait = backoffMs(attempt, { random });
  if (clock() + wait >= deadline) throw outOfTime({ kind: 'throttled', cause: undefined });
  await sleep(wait);
}

// Unreadable keys must not block the shard.
function readKeys(edge_id: string, item: Record<string, unknown>, { warn }: KeyReading): KnownKeys {
  try {
    return knownKeys(parseItem(edgeKeysItemSchema, item));
  } catch (cause) {
    warn('The keys of an edge can not be read: its reports are put into the quarantine.', { edge_id, cause });
    return UNREADABLE;
  }
}

/**
 * @example knownKeys({ revision: 1, keys: [{ kid, x, from: '2026-01-31T12:00:00Z', until: null }] })
 */
export function knownKeys({ keys }: EdgeKeysItem): KnownKeys {
  const by_kid = new Map(
    keys.map(({ kid, x, from, until }): [string, KnownKey] => [
      kid,
      {
        key: keyObjectOf(x),
        from_ms: Date.parse(from),
        until_ms: until === null ? Number.POSITIVE_INFINITY : Date.parse(until),
      },
    ]),
  );
  const signs_from_ms = Math.min(...Array.from(by_kid.values(), ({ from_ms }) => from_ms));
  return { by_kid, signs_from_ms };
}
