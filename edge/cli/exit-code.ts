import { CommanderError } from 'commander';
import { EdgeError } from '../edge-error.ts';

const FAILED = 1;
const BAD_USAGE = 2;

/** Whether a failure is planned: then its message is for the person at the terminal. */
export function isPlanned(cause: unknown): boolean {
  return cause instanceof EdgeError;
}

/**
 * Prints on standard error why a program ended.
 * @returns its exit code: 0 (help), 1 failed, 2 bad usage
 */
export function exitCodeOf(cause: unknown, isKnown: (cause: unknown) => boolean = isPlanned): number {
  if (cause instanceof CommanderError) return cause.exitCode === 0 ? 0 : BAD_USAGE;
  const message = cause instanceof Error ? cause.message : String(cause);
  process.stderr.write(isKnown(cause) ? `${message}\n` : `Something unexpected went wrong: ${message}\n`);
  return FAILED;
}
