import { z } from 'zod';
import { wholeNumber } from './whole-number.ts';

/** `limit` and `next_token` of every list. */
export const pageArguments = {
  limit: wholeNumber('limit', { max: 100, fallback: 25 }),
  next_token: z.string().nullish(),
};
