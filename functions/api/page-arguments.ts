import { z } from 'zod';

const PAGE_LIMIT = { default: 25, max: 100 } as const;

const LIMIT_RULE = `limit must be a whole number from 1 to ${PAGE_LIMIT.max}.`;

/** `limit` and `next_token` of every list. */
export const pageArguments = {
  limit: z
    .int(LIMIT_RULE)
    .min(1, LIMIT_RULE)
    .max(PAGE_LIMIT.max, LIMIT_RULE)
    .nullish()
    .transform(limit => limit ?? PAGE_LIMIT.default),
  next_token: z.string().nullish(),
};
