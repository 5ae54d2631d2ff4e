import type { DynamoDBRecord } from 'aws-lambda';
import { COMMAND_PREFIX } from '../../core/commands/command-store.ts';
import type { PendingCommand } from '../../core/commands/edge-command.ts';
import { eventOf, isTampering } from '../../core/events/broadcast-event.ts';
import type { BroadcastEvent } from '../../core/events/event-of-entry.ts';
import type { StreamChange } from '../../core/events/stream-change.ts';
import { toChange } from './stream-changes.ts';

export interface PublishOptions {
  publishEvent(event: BroadcastEvent): Promise<void>;
  publishCommands(commands: readonly PendingCommand[]): Promise<void>;
  commandsOf(change: StreamChange): Promise<PendingCommand[]>;
  /** Gives edges the routes that follow from a change; answers how many edges. */
  orderRoutes(change: StreamChange): Promise<number>;
  /** Milliseconds left for records that are not begun yet. */
  timeLeft(): number;
  onTampering(key: StreamChange): void;
  onTrouble(message: string, details: { key?: Pick<StreamChange, 'pk' | 'sk'>; cause: unknown }): void;
  count(name: string, value: number): void;
}

/**
 * Publishes the changes in records of the Network table's stream to subscribers and edges, in their
 * order. Hints that paths have changed come last, one an edge however many changes there were: an
 * edge then reads all of its paths, and reads them now and then without a hint as well.
 *
 * @returns the first record that is still open, for lack of time or because of a failure;
 * undefined: none is
 */
export async function publishChanges(
  records: readonly DynamoDBRecord[],
  options: PublishOptions,
): Promise<DynamoDBRecord | undefined> {
  const hints = new Map<string, PendingCommand>();
  let open: DynamoDBRecord | undefined;
  const all = records.map(record => ({ record, change: toChange(record) }));
  for (let at = 0; at < all.length; ) {
    // Commands that follow each other are published side by side: an order may go to a thousand edges.
    const end = endOfCommands(all, at);
    const together = all.slice(at, end);
    const { record, change } = together[0]!;
    if (options.timeLeft() <= 0) {
      open = record;
      break;
    }
    try {
      await publish(
        together.map(one => one.change),
        { ...options, hints },
      );
    } catch (cause) {
      const key = { pk: change.pk, sk: change.sk };
      options.onTrouble('A change could not be published; it is tried again.', { key, cause });
      open = record;
      break;
    }
    at = end;
  }
  await publishHints([...hints.values()], options);
  return open;
}

/** The end of the run of commands that begins at `at`, or of the one change that is no command. */
function endOfCommands(all: readonly { change: StreamChange }[], at: number): number {
  let end = at;
  while (end < all.length && all[end]!.change.pk.startsWith(COMMAND_PREFIX)) end++;
  return Math.max(end, at + 1);
}

/** One change, or commands that follow each other. */
async function publish(
  changes: readonly StreamChange[],
  { hints, ...options }: PublishOptions & { hints: Map<string, PendingCommand> },
): Promise<void> {
  for (const change of changes) {
    if (isTampering(change)) options.onTampering(change);
    // Traffic moves before people hear of it.
    const ordered = await options.orderRoutes(change);
    if (ordered > 0) options.count('RoutesOrdered', ordered);
    const event = eventOf(change);
    if (!event) continue;
    await options.publishEvent(event);
    options.count('EventsPublished', 1);
  }
  const commands = (await Promise.all(changes.map(options.commandsOf))).flat();
  for (const hint of commands.filter(isHint)) hints.set(hint.edge_id, hint);
  const others = commands.filter(command => !isHint(command));
  if (others.length === 0) return;
  await options.publishCommands(others);
  options.count('CommandsPublished', others.length);
}

async function publishHints(
  hints: readonly PendingCommand[],
  { publishCommands, onTrouble, count }: PublishOptions,
): Promise<void> {
  if (hints.length === 0) return;
  try {
    await publishCommands(hints);
    count('CommandsPublished', hints.length);
  } catch (cause) {
    onTrouble('Edges could not be told that paths have changed; they read them within minutes.', { cause });
  }
}

const isHint = ({ type }: PendingCommand): boolean => type === 'PATHS';
