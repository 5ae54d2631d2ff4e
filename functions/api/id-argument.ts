import { z } from 'zod';
import { REPORT_LIMITS } from '../../core/traffic/report.ts';

const RULE = `must have 1 to ${REPORT_LIMITS.maxIdLength} characters`;

/** An id of a policy, site, endpoint, edge, path or audit entry. Whether there is such a thing is asked later. */
export const idArgument = z.string().min(1, RULE).max(REPORT_LIMITS.maxIdLength, RULE);

/** The same where it may be left out. */
export const optionalId = idArgument.nullish().transform(given => given ?? undefined);
