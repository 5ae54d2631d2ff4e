import type { DynamoDBRecord } from 'aws-lambda';
import type { PendingCommand } from '../../core/commands/edge-command.ts';
import { type BroadcastEvent, eventOf, isTampering } from '../../core/events/broadcast-event.ts';
import type { StreamChange } from '../../core/events/stream-change.ts';
import { toChange } from './stream-changes.ts';

export interface PublishOptions {
  publishEvent(event: BroadcastEvent): Promise<void>;
  publishCommands(commands: readonly PendingCommand[]): Promise<void>;
  commandsOf(change: StreamChange): Promise<PendingCommand[]>;
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
  for (const record of records) {
    const change = toChange(record);
    if (options.timeLeft() <= 0) {
      open = record;
      break;
    }
    try {
      await publish(change, { ...options, hints });
    } catch (cause) {
      const key = { pk: change.pk, sk: change.sk };
      options.onTrouble('A change could not be published; it is tried again.', { key, cause });
      open = record;
      break;
    }
  }
  await publishHints([...hints.values()], options);
  return open;
}

async function publish(
  change: StreamChange,
  { hints, ...options }: PublishOptions & { hints: Map<string, PendingCommand> },
): Promise<void> {
  if (isTampering(change)) options.onTampering(change);
  const event = eventOf(change);
  if (event) {
    await options.publishEvent(event);
    options.count('EventsPublished', 1);
  }
  const commands = await options.commandsOf(change);
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
