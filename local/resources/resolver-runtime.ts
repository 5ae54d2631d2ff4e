import { z } from 'zod';

/** The runtime of resolvers and pipeline functions. */
export const resolverRuntime = z.strictObject({
  Name: z.literal('APPSYNC_JS', 'only resolvers in JavaScript run here'),
  RuntimeVersion: z.literal('1.0.0'),
});
