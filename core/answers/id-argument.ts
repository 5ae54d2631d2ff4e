import { z } from 'zod';
import { lowerUuid } from '../inventory/model/parse-input.ts';
import { MAX_ID_LENGTH } from '../policy/policy.ts';

const RULE = `must have 1 to ${MAX_ID_LENGTH} characters`;

/** Characters that ids in reports must not have either. */
const CONTROL = /\p{Cc}/u;

/**
 * An id of a policy, site, endpoint, edge, path or audit entry. Whether it exists is checked later.
 */
export const idArgument = z
  .string(RULE)
  .min(1, RULE)
  .max(MAX_ID_LENGTH, RULE)
  .refine(id => id.isWellFormed() && !CONTROL.test(id), 'must have no control characters');

/** The id of a site or a path. A UUID in capitals is the same UUID. */
export const uuidArgument = idArgument.transform(lowerUuid);

/** The same for an optional argument. */
export const optionalUuid = uuidArgument.nullish().transform(given => given ?? undefined);

/** An optional id of anything else. */
export const optionalId = idArgument.nullish().transform(given => given ?? undefined);
