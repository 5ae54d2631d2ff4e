import { type DynamoDBDocumentClient, GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { updateItem } from '../../storage/item-update.ts';
import type { Clock } from '../../time/clock.ts';
import { withTimeLimit } from '../../time/time-limit.ts';
import type { Cache } from '../cache.ts';
import { USAGE_KEY } from '../shared/table-keys.ts';

/** Look-ups of one cache. */
export interface Usage {
  hits: number;
  misses: number;
}

// biome-ignore lint/suspicious/noExplicitAny: whatever keys and values a cache has.
type AnyCache = Cache<any, any>;

export interface UsageReporterOptions {
  client: DynamoDBDocumentClient;
  /** The Cache table. */
  table: string;
  caches: readonly AnyCache[];
  clock: Clock;
  /** Whether a new function warms up with this function's keys. Default: yes. */
  leaves_hot_keys?: boolean;
  /**
   * Called with a cache's look-ups since the last time, also when they could not be added to the
   * shared figures. Count them in a metric.
   */
  onUsage?: (cache: string, usage: Usage) => void;
  onTrouble?: (cause: unknown) => void;
}

/**
 * Least time between two reports of a function. A report is one write for all of its caches.
 */
const USAGE_INTERVAL_MS = 10_000;

/** Time limit of one read or write of the figures. */
const LIMIT_MS = 1000;

/** How many hot keys of each cache a function stores for the start of the next one. */
const HOT_KEYS = 100;

/**
 * Adds this function's hits and misses to the shared figures at most once an interval, and stores
 * its hot keys for the start of the next function.
 */
export class UsageReporter {
  readonly #options: UsageReporterOptions;
  readonly #reported = new Map<string, Usage>();
  #last: number;

  constructor(options: UsageReporterOptions) {
    this.#options = options;
    this.#last = options.clock();
  }

  /** Call it at the end of an invocation; it writes when the interval is over. Never rejects. */
  async report(): Promise<void> {
    const { caches, clock, onUsage, onTrouble } = this.#options;
    const elapsed = clock() - this.#last;
    if (elapsed >= 0 && elapsed < USAGE_INTERVAL_MS) return;
    this.#last = clock();
    const news = caches
      .map(cache => ({ cache, usage: this.#since(cache) }))
      .filter(({ usage }) => isAny(usage));
    if (news.length === 0) return;
    for (const { cache, usage } of news) onUsage?.(cache.name, usage);
    try {
      await this.#add(news);
      // Look-ups that could not be added are part of the next report.
      for (const { cache } of news) this.#reported.set(cache.name, { ...cache.usage() });
    } catch (cause) {
      onTrouble?.(cause);
    }
  }

  #since(cache: AnyCache): Usage {
    const { hits, misses } = cache.usage();
    const before = this.#reported.get(cache.name) ?? { hits: 0, misses: 0 };
    return { hits: hits - before.hits, misses: misses - before.misses };
  }

  async #add(news: { cache: AnyCache; usage: Usage }[]): Promise<void> {
    const { client, table, leaves_hot_keys = true } = this.#options;
    const add = news.flatMap(({ cache, usage }) => [
      [`${cache.name}_hits`, usage.hits],
      [`${cache.name}_misses`, usage.misses],
    ]);
    const hotKeys = news.map(({ cache }) => [`${cache.name}_hot`, cache.hotKeys(HOT_KEYS)]);
    const update = updateItem({
      table,
      key: USAGE_KEY,
      add: Object.fromEntries(add),
      ...(leaves_hot_keys && { set: Object.fromEntries(hotKeys) }),
    });
    await withTimeLimit(LIMIT_MS, abortSignal => client.send(new UpdateCommand(update), { abortSignal }));
  }
}

/** Look-ups of all functions in a cache, and the keys that one of them used last. */
export interface SharedUsage extends Usage {
  hot_keys: string[];
}

/** Usage by cache name. */
export async function readUsage(
  { client, table }: { client: DynamoDBDocumentClient; table: string },
  names: readonly string[],
): Promise<Map<string, SharedUsage>> {
  const get = new GetCommand({ TableName: table, Key: USAGE_KEY, ConsistentRead: true });
  const { Item } = await withTimeLimit(LIMIT_MS, abortSignal => client.send(get, { abortSignal }));
  return new Map(
    names.map(name => [
      name,
      {
        hits: figure(Item?.[`${name}_hits`]),
        misses: figure(Item?.[`${name}_misses`]),
        hot_keys: hotKeys(Item?.[`${name}_hot`]),
      },
    ]),
  );
}

function figure(stored: unknown): number {
  return typeof stored === 'number' ? stored : 0;
}

function hotKeys(stored: unknown): string[] {
  return Array.isArray(stored) ? stored.filter(key => typeof key === 'string') : [];
}

function isAny({ hits, misses }: Usage): boolean {
  return hits > 0 || misses > 0;
}
