import { isDeepStrictEqual } from 'node:util';
import { Conflict } from '../errors.ts';

/** An object with the time of its last change. */
type Dated = object & { updated_at?: string };

export interface StepBack<T extends Dated> {
  /** Its name in messages, such as `Policy p-1`. */
  what: string;
  /** The operation that sets the same fields. */
  by_hand: string;
  before: T;
  after: T;
  /** Its present state. */
  current: T;
  /** The time of the undo, RFC 3339. */
  now: string;
}

/**
 * The present state with the fields that a change had changed set back. Only these fields must be
 * as the change left them; later changes of other fields stay.
 *
 * @throws Conflict that names the fields that were changed since
 */
export function stepBack<T extends Dated>({ what, by_hand, before, after, current, now }: StepBack<T>): T {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])] as (keyof T)[];
  const changed = names.filter(
    name => name !== 'updated_at' && !isDeepStrictEqual(before[name], after[name]),
  );
  const inTheWay = changed.filter(name => !isDeepStrictEqual(current[name], after[name]));
  if (inTheWay.length > 0) {
    const list = inTheWay.map(
      name => `${String(name)} is ${text(current[name])} and was ${text(after[name])}`,
    );
    throw new Conflict(
      `${what} was changed since: ${list.join(', ')}. Undo the later change first, or set it with ${by_hand}.`,
    );
  }
  const back = { ...current, ...Object.fromEntries(changed.map(name => [name, before[name]])) };
  if (!('updated_at' in current)) return back;
  // Without later changes the time is set back too.
  const updated_at = current.updated_at === after.updated_at ? before.updated_at : now;
  return { ...back, updated_at };
}

const MAX_QUOTED = 80;

function text(value: unknown): string {
  const whole = JSON.stringify(value) ?? 'not set';
  return whole.length <= MAX_QUOTED ? whole : `${whole.slice(0, MAX_QUOTED)}…`;
}
