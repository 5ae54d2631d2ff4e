import type { DynamoDBRecord } from 'aws-lambda';
import { COMMAND_PREFIX } from '../../core/commands/command-store.ts';
import type { PendingCommand } from '../../core/commands/edge-command.ts';
import type { EdgeNews } from '../../core/commands/edge-news.ts';
import { ROUTES_PREFIX } from '../../core/commands/route-versions.ts';
import { eventOf, isTampering } from '../../core/events/broadcast-event.ts';
import type { BroadcastEvent } from '../../core/events/event-of-entry.ts';
import type { StreamChange } from '../../core/events/stream-change.ts';
import { requestIdOf, toChange } from './stream-changes.ts';

export interface PublishOptions {
  publishEvent(event: BroadcastEvent): Promise<void>;
  publishCommands(commands: readonly PendingCommand[]): Promise<void>;
  publishNews(news: EdgeNews): Promise<void>;
  commandsOf(change: StreamChange): Promise<PendingCommand[]>;
  newsOf(change: StreamChange): Promise<EdgeNews | undefined>;
  /** The sites whose edges route otherwise after a change. */
  sitesToNotify(change: StreamChange): Promise<string[]>;
  /**
   * Raises a site's version: the stream brings that as a change of its own, which tells the edges.
   */
  raiseRouteVersion(site_id: string): Promise<void>;
  /** Gives edges the routes that follow from a change; answers how many edges. */
  orderRoutes(change: StreamChange): Promise<number>;
  /** Milliseconds left for records that are not begun yet. */
  timeLeft(): number;
  onTampering(key: StreamChange): void;
  onTrouble(message: string, details: Trouble): void;
  count(name: string, value: number): void;
}

/** What could not be done, and for which request the change was made. */
export interface Trouble {
  key?: Pick<StreamChange, 'pk' | 'sk'>;
  correlation_id?: string | undefined;
  cause: unknown;
}

/** Sites whose versions are raised at a time. */
const CONCURRENT_RAISES = 16;

/**
 * Publishes the changes in records of a table's stream to subscribers and edges, in their order.
 * The versions of sites are raised last, once a site however many of its paths changed.
 *
 * @returns the first record that is still open, for lack of time or because of a failure;
 * undefined: none is
 */
export async function publishChanges(
  records: readonly DynamoDBRecord[],
  options: PublishOptions,
): Promise<DynamoDBRecord | undefined> {
  /** By site: where in the batch it was changed first. */
  const sites = new Map<string, number>();
  const all = records.map(record => ({ record, change: toChange(record) }));
  let open = all.length;
  for (let at = 0; at < all.length; ) {
    // Commands that follow each other are published side by side: an order may go to a thousand
    // edges.
    const end = endOfCommands(all, at);
    const changes = all.slice(at, end).map(one => one.change);
    if (options.timeLeft() <= 0) {
      open = at;
      break;
    }
    try {
      await publish(changes, options);
      for (const site_id of await options.sitesToNotify(changes[0]!)) {
        if (!sites.has(site_id)) sites.set(site_id, at);
      }
    } catch (cause) {
      const { pk, sk } = changes[0]!;
      options.onTrouble('A change could not be published; it is tried again.', {
        key: { pk, sk },
        correlation_id: requestIdOf(changes[0]!),
        cause,
      });
      open = at;
      break;
    }
    at = end;
  }
  return records[Math.min(open, await raiseAll(sites, options))];
}

/** The end of the run of commands that begins at `at`, or of the one change that is no command. */
function endOfCommands(all: readonly { change: StreamChange }[], at: number): number {
  let end = at;
  while (end < all.length && isForEdges(all[end]!.change)) end++;
  return Math.max(end, at + 1);
}

const isForEdges = ({ pk }: StreamChange): boolean =>
  pk.startsWith(COMMAND_PREFIX) || pk.startsWith(ROUTES_PREFIX);

/** One change, or commands that follow each other. */
async function publish(changes: readonly StreamChange[], options: PublishOptions): Promise<void> {
  for (const change of changes) {
    if (isTampering(change)) options.onTampering(change);
    // Traffic moves before people hear of it.
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
 * @returns the first place in the batch whose site's version could not be raised; Infinity: all
 * could
 */
async function raiseAll(
  sites: ReadonlyMap<string, number>,
  { raiseRouteVersion, onTrouble }: PublishOptions,
): Promise<number> {
  let open = Number.POSITIVE_INFINITY;
  const waiting = sites.entries();
  const work = async () => {
    for (const [site_id, at] of waiting) {
      try {
        await raiseRouteVersion(site_id);
      } catch (cause) {
        onTrouble('The edges of a site could not be told of a change; it is tried again.', { cause });
        open = Math.min(open, at);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(CONCURRENT_RAISES, sites.size) }, work));
  return open;
}
