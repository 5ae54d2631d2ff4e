import type { PendingCommand } from './edge-command.ts';

/**
 * A command as an edge gets it at `now_ms`, by the functions' clock. A command with a time limit
 * gets the time that is left, because the edge's clock may differ. undefined: the limit has passed.
 */
export function handedOut(command: PendingCommand, now_ms: number): PendingCommand | undefined {
  if (command.type !== 'PROBE') return command;
  const within_ms = Date.parse(command.data.until) - now_ms;
  return within_ms > 0 ? { ...command, data: { ...command.data, within_ms } } : undefined;
}
