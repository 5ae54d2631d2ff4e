import type { Context } from 'aws-lambda';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { arrivedReports, type FlowWorld, HOUR, makeFlowWorld } from '../../support/flow-world.ts';
import { stubFunctionEnvironment } from '../../support/function-environment.ts';
import { BUCKET } from '../../support/local-s3.ts';
import { T0 } from '../../support/report-records.ts';

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

it('the function of the flow log merges what has ended, and deletes what has expired', async () => {
  const { handler } = await import('../../../functions/flow-log/handler.ts');
  const twoHoursAgo = Math.floor(Date.now() / HOUR) * HOUR - 3 * HOUR - T0;
  const moved = (by: number) =>
    arrivedReports().map(each => ({ ...each, arrived_at_ms: each.arrived_at_ms + by }));
  await world.write(moved(twoHoursAgo), [1]);
  await world.write(moved(twoHoursAgo - 48 * HOUR), [1]);
  expect(await handler({}, lambda)).toEqual({
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
