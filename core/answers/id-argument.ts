import { z } from 'zod';
import { MAX_ID_LENGTH } from '../policy/policy.ts';

const RULE = `must have 1 to ${MAX_ID_LENGTH} characters`;

/** An id of a policy, site, endpoint, edge, path or audit entry. Whether there is such a thing is asked later. */
export const idArgument = z.string().min(1, RULE).max(MAX_ID_LENGTH, RULE);

/** The same where it may be left out. */
export const optionalId = idArgument.nullish().transform(given => given ?? undefined);
