import { EdgeError } from '../edge-error.ts';
import { findLocalSystem, type LocalSystem } from './local-system.ts';

/** Finds the current addresses of a local system. */
export type LocateLocalSystem = () => Promise<LocalSystem>;

/** The local system can't be found at the moment; it may return. */
export class SystemAway extends EdgeError {}

/**
 * Another system now runs in the folder of the edge's original system. Reports for the original one
 * must not go to it.
 */
export class SystemReplaced extends EdgeError {}

/**
 * Reads a local system's addresses from its folder at each call, because a restarted system has
 * other ports.
 *
 * The function that it gives throws
 * - SystemAway while no system, or half of its files, is there
 * - SystemReplaced when a system with other data runs there
 */
export function followLocalSystem(folder: string, { user_pool_id }: LocalSystem): LocateLocalSystem {
  return async () => {
    const found = await findLocalSystem(folder).catch((cause: Error) => {
      throw new SystemAway(cause.message, { cause });
    });
    if (!found) throw new SystemAway(`No local system runs in ${folder}: start it again with npm start.`);
    // A system without the previous data has another user pool.
    if (found.user_pool_id === user_pool_id) return found;
    throw new SystemReplaced(
      `The local system in ${folder} was started without the data of the one that this edge reports to: restart this edge to report to the new one.`,
    );
  };
}
