import type { DynamoDBRecord } from 'aws-lambda';
import { COMMAND_PREFIX } from '../../core/commands/command-store.ts';
import type { PendingCommand } from '../../core/commands/edge-command.ts';
import type { EdgeNews } from '../../core/commands/edge-news.ts';
import { ROUTES_PREFIX } from '../../core/commands/route-versions.ts';
import { eventOf, isTampering } from '../../core/events/broadcast-event.ts';
import type { BroadcastEvent } from '../../core/events/event-of-entry.ts';
import type { StreamChange } from '../../core/events/stream-change.ts';
import { atOnce } from '../../core/storage/at-once.ts';
import { requestIdOf, toChange } from './stream-changes.ts';

export interface PublishOptions {
  publishEvent(event: BroadcastEvent): Promise<void>;
  publishCommands(commands: readonly PendingCommand[]): Promise<void>;
  publishNews(news: EdgeNews): Promise<void>;
  commandsOf(change: StreamChange): Promise<PendingCommand[]>;
  newsOf(change: StreamChange): Promise<EdgeNews | undefined>;
  /** The sites whose edges need new routes after a change. */
  sitesToNotify(change: StreamChange): Promise<string[]>;
  /**
   * Raises a site's version. The stream delivers this as another change, which notifies the edges.
   */
  raiseRouteVersion(site_id: string): Promise<void>;
  /** Sends edges the routes that follow from a change. @returns the number of edges */
  orderRoutes(change: StreamChange): Promise<number>;
  /** Milliseconds left for records that have not been started. */
  timeLeft(): number;
  onTampering(key: StreamChange): void;
  onFailure(message: string, failure: PublishFailure): void;
  count(name: string, value: number): void;
}

/** A failed publication, and the request that made the change. */
export interface PublishFailure {
  key?: Pick<StreamChange, 'pk' | 'sk'>;
  correlation_id?: string | undefined;
  cause: unknown;
}

/** Number of sites whose versions are raised at once. */
const CONCURRENT_RAISES = 16;

/**
 * Publishes the changes in records of a table's stream to subscribers and edges, in order. The
 * versions of sites are raised last, once per site even if several of its paths changed.
 *
 * @returns the first record that was not published, for lack of time or because of a failure;
 * undefined: all were published
 */
export async function publishChanges(
  records: readonly DynamoDBRecord[],
  options: PublishOptions,
): Promise<DynamoDBRecord | undefined> {
  /** By site: index of its first change in the batch. */
  const sites = new Map<string, number>();
  const all = records.map(record => ({ record, change: toChange(record) }));
  let firstFailed = all.length;
  for (let at = 0; at < all.length; ) {
    // Consecutive commands are published concurrently: one change may concern a thousand edges.
    const end = endOfCommands(all, at);
    const changes = all.slice(at, end).map(one => one.change);
    if (options.timeLeft() <= 0) {
      firstFailed = at;
      break;
    }
    try {
      await publish(changes, options);
      for (const site_id of await options.sitesToNotify(changes[0]!)) {
        if (!sites.has(site_id)) sites.set(site_id, at);
      }
    } catch (cause) {
      const { pk, sk } = changes[0]!;
      options.onFailure('A change could not be published; it will be retried.', {
        key: { pk, sk },
        correlation_id: requestIdOf(changes[0]!),
        cause,
      });
      firstFailed = at;
      break;
    }
    at = end;
  }
  return records[Math.min(firstFailed, await raiseAll(sites, options))];
}

/**
 * The end of the run of commands that begins at `at`, or of the single change that is not a
 * command.
 */
function endOfCommands(all: readonly { change: StreamChange }[], at: number): number {
  let end = at;
  while (end < all.length && isForEdges(all[end]!.change)) end++;
  return Math.max(end, at + 1);
}

const isForEdges = ({ pk }: StreamChange): boolean =>
  pk.startsWith(COMMAND_PREFIX) || pk.startsWith(ROUTES_PREFIX);

/** Publishes one change, or consecutive commands. */
async function publish(changes: readonly StreamChange[], options: PublishOptions): Promise<void> {
  for (const change of changes) {
    if (isTampering(change)) options.onTampering(change);
    // Edges get their routes before people are informed.
    const ordered = await options.orderRoutes(change);
    if (ordered > 0) options.count('RoutesOrdered', ordered);
    const event = eventOf(change);
    if (event) {
      await options.publishEvent(event);
      options.count('EventsPublished', 1);
    }
    const news = await options.newsOf(change);
    if (news) await options.publishNews(news);
  }
  const commands = (await Promise.all(changes.map(options.commandsOf))).flat();
  if (commands.length === 0) return;
  await options.publishCommands(commands);
  options.count('CommandsPublished', commands.length);
}

/**
 * @returns the first index in the batch whose site's version could not be raised; Infinity: all
 * were raised
 */
async function raiseAll(
  sites: ReadonlyMap<string, number>,
  { raiseRouteVersion, onFailure }: PublishOptions,
): Promise<number> {
  let firstFailed = Number.POSITIVE_INFINITY;
  await atOnce(CONCURRENT_RAISES, sites, async ([site_id, at]) => {
    try {
      await raiseRouteVersion(site_id);
    } catch (cause) {
      onFailure('The edges of a site could not be notified of a change; it will be retried.', { cause });
      firstFailed = Math.min(firstFailed, at);
    }
  });
  return firstFailed;
}
