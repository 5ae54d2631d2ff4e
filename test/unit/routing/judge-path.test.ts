import { GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { beforeEach, describe, expect, it } from 'vitest';
import { Cache } from '../../../core/cache/cache.ts';
import { NotFound } from '../../../core/errors.ts';
import { DEFAULT_ROUTING } from '../../../core/routing/decisions/policy-routing.ts';
import { judgePath } from '../../../core/routing/failover/judge-path.ts';
import type { PathMetrics } from '../../../core/routing/health/path-metrics.ts';
import type { RoutingCaches } from '../../../core/routing/routing-caches.ts';
import { timestamp } from '../../../core/storage/store-context.ts';
import { clientWith } from '../../support/fake-dynamodb.ts';
import { storeContext } from '../../support/store-context.ts';

const TABLES = { audit: 'audit', network: 'network', traffic: 'traffic', cache: 'cache' };
const NOW = Date.UTC(2026, 0, 31, 12);

const routingOf = (failover_below: number) => ({
  ...{ pk: 'ROUTING', sk: 'a policy', revision: 1 },
  ...DEFAULT_ROUTING,
  failover: { ...DEFAULT_ROUTING.failover, failover_below },
});

describe('judging a path that every policy uses', () => {
  let now: number;
  let reads: string[];
  let caches: RoutingCaches;
  let onStates: () => void;

  beforeEach(() => {
    now = NOW;
    reads = [];
    onStates = () => {};
    caches = {
      metrics: new Cache({ name: 'metrics', ttl_seconds: 60 }),
      routing: new Cache({ name: 'routing', ttl_seconds: 30 }),
    };
  });

  /**
   * Judges a measurement from `age_ms` ago.
   * @returns the items that were read
   */
  async function judge({ settled_score = 70, age_ms = 0, limit = 50 } = {}): Promise<string[]> {
    const client = clientWith(async command => {
      if (command instanceof GetCommand) {
        reads.push('states');
        onStates();
      } else if (command instanceof QueryCommand) reads.push('limits');
      else expect.fail('it did more than read');
      return { Items: limit === 50 ? [] : [routingOf(limit)] };
    });
    const metrics: PathMetrics = {
      ...{ latency_ms: 10, jitter_ms: 1, packet_loss_pct: 0, bandwidth_mbps: 100, settled_score },
      measured_at: timestamp(now - age_ms),
    };
    const measurement = { path_id: 'p', metrics, job: 'ingest' };
    const context = storeContext({ client, tables: TABLES }, () => now);
    expect(await judgePath(context, caches, measurement)).toEqual({});
    return reads.splice(0);
  }

  it('reads nothing for a measurement that is older than five minutes', async () => {
    expect(await judge({ age_ms: 300_001 })).toEqual([]);
    expect(await judge({ age_ms: 300_000 })).toEqual(['states', 'limits']);
  });

  it('reads the sites below the highest limit of a policy', async () => {
    await expect(judge({ limit: 71 })).rejects.toThrow(NotFound);
  });

  it('reads no more at the highest limit of a policy', async () => {
    expect(await judge({ limit: 70 })).toEqual(['states', 'limits']);
  });

  it('needs no limits at a score of 100', async () => {
    expect(await judge({ settled_score: 100 })).toEqual(['states']);
  });

  it('remembers the limits of the policies for ten seconds at most', async () => {
    expect(await judge()).toEqual(['states', 'limits']);
    now += 9_999;
    expect(await judge()).toEqual([]);
    now += 1;
    expect(await judge()).toEqual(['limits']);
  });

  it('reads the limits again after the clock was set back', async () => {
    await judge();
    now -= 1;
    expect(await judge()).toEqual(['limits']);
  });

  it('reads the states again if a policy may have left the path during the first reading', async () => {
    let generation = 1;
    caches.routing.generation = async () => generation;
    onStates = () => {
      generation = 2;
    };
    await judge();
    expect(await judge()).toEqual(['states']);
    expect(await judge()).toEqual([]);
  });
});
