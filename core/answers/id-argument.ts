import { z } from 'zod';
import { lowerUuid } from '../inventory/model/parse-input.ts';
import { MAX_ID_LENGTH } from '../policy/policy.ts';

const RULE = `must have 1 to ${MAX_ID_LENGTH} characters`;

/** What no report may hold as an id either. */
const CONTROL = /\p{Cc}/u;

/**
 * An id of a policy, site, endpoint, edge, path or audit entry. Whether there is such a thing is
 * asked later.
 */
export const idArgument = z
  .string(RULE)
  .min(1, RULE)
  .max(MAX_ID_LENGTH, RULE)
  .refine(id => id.isWellFormed() && !CONTROL.test(id), 'must have no control characters');

/** The id of a site or a path; a UUID in capitals is the same UUID. */
export const uuidArgument = idArgument.transform(lowerUuid);

/** The same where it may be left out. */
export const optionalUuid = uuidArgument.nullish().transform(given => given ?? undefined);

/** An id of anything else that may be left out. */
export const optionalId = idArgument.nullish().transform(given => given ?? undefined);
