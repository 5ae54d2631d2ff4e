import { describe, expect, it } from 'vitest';
import { type PathStates, statesActions } from '../../../core/routing/failover/path-states-store.ts';
import type { PathMetrics } from '../../../core/routing/health/path-metrics.ts';
import { timestamp } from '../../../core/storage/store-context.ts';

const context = {
  tables: { audit: 'audit', network: 'network', traffic: 'traffic', cache: 'cache' },
  clock: () => 0,
};

const sample = (at_ms: number): PathMetrics => ({
  ...{ latency_ms: 1, jitter_ms: 1, packet_loss_pct: 0, bandwidth_mbps: 1 },
  measured_at: timestamp(at_ms),
});

const OUT = { out: true, since_ms: 1, seen_ms: 1 };
const before: PathStates = {
  path_id: 'p',
  version: 3,
  policies: { a: OUT },
  samples: Array.from({ length: 30 }, (_, at) => sample(at)),
};

describe('the states of a path', () => {
  const put = (from: PathStates, policies = from.policies) => statesActions(context, from, policies)[0]!.Put!;

  it('keep the last twenty measurements while a policy is out, and none after that', () => {
    expect(put(before).Item).toMatchObject({ version: 4, samples: before.samples.slice(10) });
    expect(put(before, {}).Item).toMatchObject({ policies: {}, samples: [] });
  });

  it('are written only over the version that was read', () => {
    expect(put(before)).toMatchObject({
      ConditionExpression: '#version = :before',
      ExpressionAttributeValues: { ':before': 3 },
    });
    expect(put({ ...before, version: 0 })).toMatchObject({
      ConditionExpression: 'attribute_not_exists(#pk)',
    });
  });
});
