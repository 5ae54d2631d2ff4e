import { CommanderError } from 'commander';
import { EdgeError } from '../edge-error.ts';

const FAILED = 1;
const BAD_USAGE = 2;

/** A failure that was planned for: its message is for the person at the terminal. */
export function isPlanned(cause: unknown): boolean {
  return cause instanceof EdgeError;
}

/**
 * Says on the standard error why a program ended, and gives its exit code: 0 (help), 1 failed, 2
 * bad usage.
 */
export function exitCodeOf(cause: unknown, isKnown: (cause: unknown) => boolean = isPlanned): number {
  if (cause instanceof CommanderError) return cause.exitCode === 0 ? 0 : BAD_USAGE;
  const message = cause instanceof Error ? cause.message : String(cause);
  process.stderr.write(isKnown(cause) ? `${message}\n` : `Something unexpected went wrong: ${message}\n`);
  return FAILED;
}
