// Every kind of wait of the shared code, in real time and with nothing else that keeps a process
// alive. Separate programs await them (test/unit/time/awaited-waits.test.ts).
import { postJson } from '../../core/appsync/post-json.ts';
import { Cache } from '../../core/cache/cache.ts';
import { countCaches } from '../../core/cache/upkeep/count-caches.ts';
import { readUsage, UsageReporter } from '../../core/cache/upkeep/usage-reporter.ts';
import { PathMonitor } from '../../core/routing/failover/path-monitor.ts';
import { repeatUntil } from '../../core/storage/retrying.ts';
import { systemClock, systemSleep } from '../../core/time/clock.ts';
import { systemSchedule } from '../../core/time/schedule.ts';
import { withTimeLimit } from '../../core/time/time-limit.ts';
import { followCommands } from '../../edge/commands/follow-commands.ts';
import { pacer } from '../../edge/counting/pace.ts';
import { waitUntilCounted } from '../../edge/counting/wait-counted.ts';
import { followRoutes } from '../../edge/paths/follow-routes.ts';
import { startScheduledCall } from '../../local/schedules/scheduler.ts';
import { clientWith } from './fake-dynamodb.ts';
import { fakeSharedStore } from './fake-shared-store.ts';
import { measuringReports } from './measuring-reports.ts';

/** Longer than any turn of the event loop. */
const MS = 20;

const never = (): Promise<never> => new Promise(() => {});

/**
 * Answers when its signal is aborted, like the SDK and `fetch`, and with nothing that a process
 * waits for.
 */
const untilAborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));

/** A database that never answers. */
const silentClient = Object.assign(clientWith(never), {
  send: (_: unknown, { abortSignal }: { abortSignal: AbortSignal }) => untilAborted(abortSignal),
});

function throttled(): Error {
  return Object.assign(new Error('slow down'), { name: 'ThrottlingException' });
}

function cacheOver(trouble: 'none' | 'silent', limits: { limit_ms?: number } = {}) {
  const shared = fakeSharedStore<number>(systemClock);
  if (trouble === 'silent') shared.before = never;
  return new Cache<string, number>({
    name: 'test',
    ttl_seconds: 60,
    shared,
    clock: systemClock,
    limit_ms: MS,
    write_interval_ms: MS,
    ...limits,
  });
}

const silentCaches = { client: silentClient, table: 'cache' };

/** By name: what is awaited. Each must settle. */
export const WAITS: Record<string, () => Promise<unknown>> = {
  systemSleep: () => systemSleep(MS),
  systemSchedule: () => new Promise<void>(resolve => systemSchedule(MS, resolve)),
  withTimeLimit: () => withTimeLimit(MS, untilAborted).catch(() => {}),

  'repeatUntil, throttled': () => {
    let calls = 0;
    const attempt = async () => (++calls < 3 ? Promise.reject(throttled()) : calls);
    const deadline = systemClock() + 60_000;
    return repeatUntil({ clock: systemClock, sleep: systemSleep, random: () => 0.9, deadline }, attempt);
  },

  'Cache.drain': async () => {
    const cache = cacheOver('none');
    await cache.insert('key', 1);
    await cache.insert('key', 2);
    await cache.drain();
  },
  'Cache.drain, forestalled by other functions': async () => {
    const shared = fakeSharedStore<number>(systemClock);
    shared.level.put = async () => 'too_soon' as const;
    const cache = new Cache<string, number>({ name: 'test', ttl_seconds: 60, shared, write_interval_ms: MS });
    await cache.insert('key', 1);
    await cache.drain();
  },
  'Cache.insert, silent': () => cacheOver('silent').insert('key', 1),
  'Cache.get, silent': async () => cacheOver('silent').get('key'),
  'Cache.getOrLoad, silent': async () => cacheOver('silent').getOrLoad('key', async () => 1),
  'Cache.remove, silent': () => cacheOver('silent').remove('key'),
  'Cache.settle, a write is silent': async () => {
    const shared = fakeSharedStore<number>(systemClock);
    const putting = Promise.withResolvers<void>();
    shared.before = call => {
      if (call !== 'put') return;
      putting.resolve();
      return never();
    };
    const cache = new Cache<string, number>({ name: 'test', ttl_seconds: 60, shared, limit_ms: MS });
    void cache.insert('key', 1);
    await putting.promise;
    await cache.settle();
  },
  'Cache.warm, silent': () => {
    const cache = cacheOver('silent', { limit_ms: 2 ** 30 });
    return cache.warm(['key'], { max_keys: 1, limit_ms: MS });
  },

  'UsageReporter.report, silent': async () => {
    const cache = cacheOver('none');
    let now = 0;
    const reporter = new UsageReporter({ ...silentCaches, caches: [cache], clock: () => now });
    await cache.get('key');
    now = 60_000;
    await reporter.report();
  },
  'readUsage, silent': () => readUsage(silentCaches, ['test']).catch(() => {}),
  'countCaches, silent': () => {
    const tables = { audit: 'audit', network: 'network', traffic: 'traffic', cache: 'cache' };
    return countCaches({ client: silentClient, tables, clock: systemClock }, ['test']).catch(() => {});
  },

  'PathMonitor.settle': async () => {
    const caches = { metrics: cacheOver('none'), routing: cacheOver('none') };
    // biome-ignore lint/suspicious/noExplicitAny: it only waits here
    const monitor = new PathMonitor(caches as any);
    const measured = { latency_ms: 1, jitter_ms: 1, packet_loss_pct: 0, bandwidth_mbps: 1 };
    const counts = { tx_packets: 0n, tx_bytes: 0n, rx_packets: 0n, rx_bytes: 0n };
    // The edge and the path exist; the measurement cannot be stored.
    const site_id = '550e8400-e29b-41d4-a716-446655440000';
    const path_id = `${site_id}.0123456789abcdef`;
    const client = clientWith(async command => {
      const { pk, sk } = (command as { input: { Key?: Record<string, string> } }).input.Key ?? {};
      if (pk === 'EDGE') return { Item: { pk, sk, revision: 1, site_id, registered_at: '' } };
      if (pk !== `SITE#${site_id}`) throw new Error('not there');
      const ends = { source_endpoint_id: 'a', destination_site_id: site_id, destination_endpoint_id: 'b' };
      return { Item: { pk, sk, id: path_id, source_site_id: site_id, ...ends, created_at: '' } };
    });
    const tables = { audit: 'audit', network: 'network', traffic: 'traffic', cache: 'cache' };
    const real = { client, tables, clock: systemClock, sleep: systemSleep, random: Math.random };
    const context = { ...real, deadline: systemClock() + 60_000 };
    for (const at of [1000, 2000]) {
      const measured_at = new Date(at).toISOString();
      const paths = [{ path_id, ...measured, ...counts, measured_at }];
      await monitor.observe(context, measuringReports(paths, systemClock()));
    }
    await monitor.settle(context);
  },

  'postJson, silent': () => {
    const fetch = (_: unknown, { signal }: RequestInit = {}) => untilAborted(signal!);
    const errorOf = () => new Error('no answer');
    return postJson('http://127.0.0.1', '{}', { headers: {}, timeout_ms: MS, fetch, errorOf }).catch(
      () => {},
    );
  },

  pacer: async () => {
    const wait = pacer(1, new AbortController().signal);
    await wait(0);
    await wait(MS);
  },
  waitUntilCounted: () => {
    let looks = 0;
    const position = { boot_id: 'boot', seq: 1, parts: 1 };
    const reported = { packets: 0n, bytes: 0n };
    const part = { part: 0, boot_id: 'boot', packets_exact: '0', bytes_exact: '0' };
    const query = async () => ({ edge: { parts: [{ ...part, seq: looks++ }] } });
    // biome-ignore lint/suspicious/noExplicitAny: the one operation that is asked for
    return waitUntilCounted({ graphql: { query } as any, edge_id: 'edge', position, reported });
  },
  'followCommands, until it has connected again': async () => {
    const connected = Promise.withResolvers<void>();
    let tries = 0;
    const following = followCommands({
      // biome-ignore lint/suspicious/noExplicitAny: nothing is pending
      api: { pendingCommands: async () => [] } as any,
      async listen() {
        if (++tries === 1) throw new Error('not yet');
        return { announces: true, closed: never(), close() {} };
      },
      policiesVersion: () => undefined,
      carryOut: async () => {},
      refreshRoutes: () => {},
      hintRoutes: () => {},
      random: () => 0.01,
      onListening: connected.resolve,
      onTrouble: () => {},
    });
    await connected.promise;
    await following.stop();
  },
  'followRoutes, until a hint is followed': async () => {
    const read = Promise.withResolvers<void>();
    const routes = followRoutes({
      async read() {
        read.resolve();
        return { state: undefined, peers: [] };
      },
      onPaths: () => {},
      onRoutes: () => {},
      onTrouble: () => {},
      random: () => 0.01,
    });
    routes.hint({});
    await read.promise;
    await routes.stop();
  },

  startScheduledCall: () =>
    new Promise<void>(resolve => {
      let times = 0;
      startScheduledCall(
        {
          scheduleArn: 'arn',
          next: after => (times++ === 0 ? after + MS : undefined),
          input: undefined,
          call: () => resolve(),
        },
        { clock: systemClock, schedule: systemSchedule },
      );
    }),
};
