import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isLarge, SLICES, sliceOf, slicePrefix } from '../../../core/flows/hour-slices.ts';
import { lambdaSliceRuns } from '../../../core/flows/lambda-slice-runs.ts';
import { batchKey, HOUR_MS, mergedKey, parseObjectKey } from '../../../core/flows/object-key.ts';

const hour = Date.UTC(2026, 0, 31, 12);
const digest = 'a'.repeat(32);

describe('slices of an hour', () => {
  it('contain their own objects, batches and merged ones, and no others under their prefix', () => {
    fc.assert(
      fc.property(fc.nat(HOUR_MS - 1), after => {
        const named = { first_ms: hour + after, last_ms: hour + after, digest };
        for (const key of [batchKey({ ...named, shard: 7 }), mergedKey({ ...named, generation: 1 })]) {
          const slice = sliceOf(parseObjectKey(key)!);
          const prefixes = Array.from({ length: SLICES }, (_, number) => number).filter(number =>
            key.startsWith(slicePrefix({ hour, slice: number })),
          );
          expect(prefixes).toEqual([slice]);
        }
      }),
    );
  });

  it('are used for hours of more than 1 GiB', () => {
    const half = { size: 512 * 1024 * 1024 };
    expect(isLarge([half, half])).toBe(false);
    expect(isLarge([half, half, { size: 1 }])).toBe(true);
  });
});

it('invokes the function for a slice without waiting', async () => {
  const sent: unknown[] = [];
  const client = { send: async ({ input }: { input: unknown }) => void sent.push(input) };
  await lambdaSliceRuns(client as never, 'flow-log').begin({ hour, slice: 3 });
  expect(sent).toEqual([
    {
      FunctionName: 'flow-log',
      InvocationType: 'Event',
      Payload: JSON.stringify({ slice_of: { hour, slice: 3 } }),
    },
  ]);
});
