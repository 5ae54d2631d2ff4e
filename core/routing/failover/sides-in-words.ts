import { z } from 'zod';
import { EVERY_POLICY } from './path-out.ts';

/** The policies that have left a path, as in an audit entry. */
export const sidesSchema = z.object({
  out: z.array(z.string()),
  /** RFC 3339. */
  until: z.string().exactOptional(),
  until_restored: z.literal(true).exactOptional(),
});

export type Sides = z.infer<typeof sidesSchema>;

/** Policies that one sentence names. */
const MOST_NAMED = 10;

/**
 * Which policies have left a path, by id and for how long. The ones that are not in `other`, with
 * which a reader compares them, are named first.
 */
export function sidesInWords({ out, until, until_restored }: Sides, other: Pick<Sides, 'out'>): string {
  const end = until_restored ? ' until it is restored' : until === undefined ? '' : ` until ${until}`;
  if (out.includes(EVERY_POLICY)) return `every policy${end}`;
  const inBoth = new Set(other.out);
  const ids = out.toSorted();
  const named = [...ids.filter(id => !inBoth.has(id)), ...ids.filter(id => inBoth.has(id))];
  const more = named.splice(MOST_NAMED).length;
  if (named.length === 0) return 'no policy';
  if (more > 0) return `policies ${named.join(', ')} and ${more} more`;
  const last = named.pop()!;
  return named.length === 0 ? `policy ${last}` : `policies ${named.join(', ')} and ${last}`;
}
