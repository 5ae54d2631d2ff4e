import { z } from 'zod';

/** What a policy prefers in a path. */
export const PREFERENCES = [
  'LOWEST_LATENCY',
  'HIGHEST_BANDWIDTH',
  'LOWEST_PACKET_LOSS',
  'LOWEST_COST',
  'CUSTOM',
] as const;

const weight = z.number().nonnegative().max(1_000_000);

/** How much each component counts. The unit is free, because their proportions decide. */
export const weightsSchema = z
  .object({
    latency: weight.default(0),
    jitter: weight.default(0),
    loss: weight.default(0),
    bandwidth: weight.default(0),
    cost: weight.default(0),
  })
  .refine(weights => Object.values(weights).some(value => value > 0), {
    error: 'At least one weight must be above 0.',
  });

export type PathWeights = z.infer<typeof weightsSchema>;

export const pathPreferenceSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('LOWEST_LATENCY') }),
  z.object({ kind: z.literal('HIGHEST_BANDWIDTH') }),
  z.object({ kind: z.literal('LOWEST_PACKET_LOSS') }),
  z.object({ kind: z.literal('LOWEST_COST') }),
  z.object({ kind: z.literal('CUSTOM'), weights: weightsSchema }),
]);

export type PathPreference = z.infer<typeof pathPreferenceSchema>;

/** The preference of a policy without one. */
export const DEFAULT_PREFERENCE: PathPreference = { kind: 'LOWEST_LATENCY' };
