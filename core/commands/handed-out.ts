import type { PendingCommand } from './edge-command.ts';

/**
 * A command as an edge gets it at `now_ms`, by the functions' clock. What has to be done within a
 * time says how much of it is left, since the edge's clock may be another. undefined: it is too
 * late.
 */
export function handedOut(command: PendingCommand, now_ms: number): PendingCommand | undefined {
  if (command.type !== 'PROBE') return command;
  const within_ms = Date.parse(command.data.until) - now_ms;
  return within_ms > 0 ? { ...command, data: { ...command.data, within_ms } } : undefined;
}
