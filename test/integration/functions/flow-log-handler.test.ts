import type { Context } from 'aws-lambda';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { arrivedReports, type FlowWorld, HOUR, makeFlowWorld } from '../../support/flow-world.ts';
import { stubFunctionEnvironment } from '../../support/function-environment.ts';
import { BUCKET } from '../../support/local-s3.ts';
import { T0 } from '../../support/report-records.ts';
import { asFunction } from '../../support/rights/as-function.ts';

let world: FlowWorld;
const printed: string[] = [];

beforeAll(async () => {
  world = await makeFlowWorld();
  stubFunctionEnvironment(world, {
    FLOW_BUCKET: BUCKET,
    AWS_ENDPOINT_URL_S3: world.bucket.s3.endpoint,
    POWERTOOLS_SERVICE_NAME: 'flow-log',
  });
  vi.spyOn(process.stdout, 'write').mockImplementation(text => Boolean(printed.push(String(text))));
});

afterAll(async () => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  await world.close();
});

const lambda = {
  getRemainingTimeInMillis: () => 240_000,
  functionName: 'flow-log',
  awsRequestId: 'r',
} as Context;

it('merges past hours, and deletes expired ones', async () => {
  const { handler } = await import('../../../functions/flow-log/handler.ts');
  const twoHoursAgo = Math.floor(Date.now() / HOUR) * HOUR - 3 * HOUR - T0;
  const moved = (by: number) =>
    arrivedReports().map(each => ({ ...each, arrived_at_ms: each.arrived_at_ms + by }));
  await world.write(moved(twoHoursAgo), [1]);
  await world.write(moved(twoHoursAgo - 48 * HOUR), [1]);
  expect(await asFunction('flowlog', () => handler({}, lambda))).toEqual({
    busy: false,
    objects: 36,
    expired: 18,
    merged: 18,
    slices_begun: 0,
    erasures_finished: 0,
    complete: true,
  });
  expect(await world.bucket.keys('flows/')).toHaveLength(2);
});

it('merges the slice of the hour for which it is invoked, and no other', async () => {
  const { handler } = await import('../../../functions/flow-log/handler.ts');
  await world.bucket.clear();
  const hour = Math.floor(Date.now() / HOUR) * HOUR - 2 * HOUR;
  const moved = arrivedReports().map(each => ({
    ...each,
    arrived_at_ms: each.arrived_at_ms + hour - T0,
  }));
  await world.write(moved, [1]);
  const slice_of = { hour: hour + HOUR, slice: 0 };
  const merged = moved.filter(({ arrived_at_ms }) => sliceNumber(arrived_at_ms) === 36).length;
  expect(await asFunction('flowlog', () => handler({ slice_of }, lambda))).toEqual({
    busy: false,
    merged,
    complete: true,
  });
  expect(await world.bucket.keys('flows/')).toHaveLength(moved.length - merged + 1);

  function sliceNumber(at_ms: number): number {
    return Math.floor((at_ms - hour) / 100_000);
  }
});

it.each([
  { hour: 3_600_000, slice: 36 },
  { hour: 3_600_000, slice: -1 },
  { hour: 3_600_001, slice: 0 },
])('rejects the slice %j', async slice_of => {
  const { handler } = await import('../../../functions/flow-log/handler.ts');
  await expect(handler({ slice_of }, lambda)).rejects.toThrow('slice_of');
});
