import { EdgeError } from '../edge-error.ts';
import { findLocalSystem, type LocalSystem } from './local-system.ts';

/** Where a local system is at this moment. */
export type LocateLocalSystem = () => Promise<LocalSystem>;

/** The local system can't be found at the moment; it may come back by itself. */
export class SystemAway extends EdgeError {}

/**
 * Another system runs in the folder of the one that the edge began with: reports for that one are
 * not for it.
 */
export class SystemReplaced extends EdgeError {}

/**
 * Looks a local system's addresses up in its folder at each call: a system that is started again
 * has other ports.
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
    // A system without the data of the one before has another user pool.
    if (found.user_pool_id === user_pool_id) return found;
    throw new SystemReplaced(
      `The local system in ${folder} was started without the data of the one that this edge reports to: end this edge and start it again to report to the new one.`,
    );
  };
}
