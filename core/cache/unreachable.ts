import { PatronusError, Throttled } from '../errors.ts';

/** For whoever asked for the caches themselves: says that they can't be reached, whatever the reason. @throws Throttled */
export function asUnreachable(cause: unknown): never {
  if (cause instanceof PatronusError) throw cause;
  throw new Throttled(
    'The shared caches can not be reached at the moment. Requests are served without them; try again in a minute.',
    { cause },
  );
}
