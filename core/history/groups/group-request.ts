import { z } from 'zod';
import type { GroupRequest } from './read-group.ts';

const readingId = z.object({ minute: z.int(), taken_at: z.int() });

const readingSchema = readingId.extend({
  groups: z.object({ of: z.int(), late: z.array(readingId.extend({ index: z.int() })) }).optional(),
});

/** The event of the function that reads a group. */
export const groupRequestSchema: z.ZodType<GroupRequest> = readingId.extend({
  group: z.object({ index: z.int(), of: z.int() }),
  rollups: z.array(z.enum(['HOUR', 'DAY'])),
  earlier: z.array(readingSchema),
  last: z.int().optional(),
});
