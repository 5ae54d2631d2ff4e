import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ArrivedReport } from '../../../core/flows/batch-objects.ts';
import {
  type FlowFilter,
  flowMatcher,
  hostsOf,
  reportMatcher,
  reportsOf,
} from '../../../core/flows/flow-filter.ts';
import type { FlowPosition, LoggedFlow } from '../../../core/flows/flow-log-store.ts';
import type { ByteRange, FlowObjects } from '../../../core/flows/flow-objects.ts';
import { FLOW_ORDERS } from '../../../core/flows/flow-order.ts';
import { parseObjectKey } from '../../../core/flows/object-key.ts';
import { pageFlows } from '../../../core/flows/page-flows.ts';
import { readFlowLogs } from '../../../core/flows/read-flow-logs.ts';
import { parseCidr } from '../../../core/policy/ip-address.ts';
import { makeFlow } from '../../support/flow-records.ts';
import { expectedFlows, type FlowWorld, HOST, HOUR, makeFlowWorld, pages } from '../../support/flow-world.ts';
import { makeReport, T0 } from '../../support/report-records.ts';
import { asFunction } from '../../support/rights/as-function.ts';

const HOURS = 24;
const MINUTES = 6;
const EDGES = 4;
const FLOWS = 150;

/** A day of an office: 3,600 flows an hour, one of them of the host. */
const day: ArrivedReport[] = Array.from({ length: HOURS * MINUTES * EDGES }, (_, index) => {
  const edge = index % EDGES;
  const seq = 1 + Math.floor(index / EDGES);
  const hour = Math.floor((seq - 1) / MINUTES);
  const minute = ((seq - 1) % MINUTES) * 10;
  const arrived_at_ms = T0 - (HOURS - hour) * HOUR + minute * 60_000 + edge * 500;
  const flows = Array.from({ length: FLOWS }, (_, n) => {
    const noise = Math.imul(index * FLOWS + n + 1, 0x9e3779b1) >>> 0;
    const isHost = minute === 30 && edge === 2 && n === 7;
    return makeFlow({
      src: isHost ? HOST : `10.${edge}.${n}.${noise & 255}`,
      src_port: 1024 + (noise % 60_000),
      dst: `198.51.${(noise >>> 8) & 255}.${(noise >>> 16) & 255}`,
      bytes: BigInt(noise),
    });
  });
  const report = makeReport({ edge_id: `edge-${edge}`, boot_id: 'b', seq, flows });
  return { report, sent_at_ms: arrived_at_ms, arrived_at_ms };
});

const textOf = ({
  edge_id,
  src,
  src_port,
  dst,
  bytes,
}: Omit<LoggedFlow, 'id' | 'site_id' | 'sent_at' | 'interval_s'>) =>
  `${edge_id} ${src}:${src_port} ${dst} ${bytes}`;

const ofHost = expectedFlows(day).filter(flow => flow.includes(HOST));

describe('the index by address', () => {
  let world: FlowWorld;
  beforeAll(async () => {
    world = await makeFlowWorld();
    world.now = T0 + 600_000;
    world.ttl_hours = 48;
    await world.write(day, [EDGES]);
    await world.run();
  });
  afterAll(() => world.close());

  interface Call {
    name: 'list' | 'get';
    key: string;
    range: ByteRange | undefined;
    bytes: number;
  }

  function counting(): { objects: FlowObjects; calls: Call[] } {
    const calls: Call[] = [];
    const objects: FlowObjects = {
      ...world.bucket.objects,
      async list(prefix) {
        calls.push({ name: 'list', key: prefix, range: undefined, bytes: 0 });
        return world.bucket.objects.list(prefix);
      },
      async get(key, range) {
        const body = await world.bucket.objects.get(key, range);
        calls.push({ name: 'get', key, range, bytes: body?.length ?? 0 });
        return body;
      },
    };
    return { objects, calls };
  }

  it('answers for one host and day with two reads an hour, without the objects', async () => {
    const merged = await world.bucket.objects.list('flows/');
    expect(merged).toHaveLength(HOURS);
    expect(Math.min(...merged.map(({ size }) => size))).toBeGreaterThan(64 * 1024);
    const { objects, calls } = counting();
    expect(ofHost).toHaveLength(HOURS);
    expect(await pages({ ...world.store(), objects }, 1000, HOST)).toEqual(ofHost);
    const gets = calls.filter(({ name }) => name === 'get');
    expect(gets.length).toBeLessThanOrEqual(2 * HOURS);
    expect(gets.every(({ key }) => key.startsWith('flow-index/'))).toBe(true);
    const stored = merged.reduce((sum, { size }) => sum + size, 0);
    expect(gets.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThan(stored / 2);
    // Each hour of the range is listed once.
    expect(calls.length - gets.length).toBe(33);
  });

  it('answers for several hosts without the objects, with each flow once, also between two of them', async () => {
    const { objects, calls } = counting();
    const flow = day[0]!.report.flows[0]!;
    const hosts = [HOST, flow.src, flow.dst];
    const naive = expectedFlows(day).filter(text =>
      hosts.some(host => ` ${text.replaceAll(':', ' ')} `.includes(` ${host} `)),
    );
    expect(naive.length).toBeGreaterThan(HOURS);
    expect(await pages({ ...world.store(), objects }, 1000, ...hosts)).toEqual(naive);
    const gets = calls.filter(({ name }) => name === 'get');
    expect(gets.every(({ key }) => key.startsWith('flow-index/'))).toBe(true);
    expect(gets.length).toBeLessThanOrEqual((1 + hosts.length) * HOURS);
  });

  it('returns for any filter the same as a scan of all flows', async () => {
    const range = { from: T0 - 3 * HOUR, to: T0 - HOUR };
    const arrived = day.filter(({ arrived_at_ms: at }) => range.from <= at && at < range.to);
    const everyFlow = arrived.flatMap(({ report }) => report.flows.map(flow => ({ report, flow })));
    const known = [HOST, ...everyFlow.slice(0, 3).flatMap(({ flow: { src, dst } }) => [src, dst])];
    const networks = fc
      .subarray([...known, '10.1.0.0/16'], { minLength: 1, maxLength: 4 })
      .map(texts => texts.map(text => parseCidr(text)!));
    const edge_ids = fc.subarray(['edge-0', 'edge-2'], { minLength: 1 });
    const fields = fc.record(
      { addresses: networks, srcs: networks, dsts: networks, edge_ids },
      { requiredKeys: [] },
    );
    const filters = fc.tuple(fields, fields).map(([wanted, not]): FlowFilter => ({ ...wanted, not }));
    await fc.assert(
      fc.asyncProperty(filters, fc.constantFrom(...FLOW_ORDERS), async (filter, order) => {
        const [matches, ofReport] = [flowMatcher(filter), reportMatcher(filter)];
        const naive = everyFlow.filter(({ report, flow }) => ofReport(report) && matches(flow));
        const found: string[] = [];
        let start: FlowPosition | undefined;
        do {
          const asked = {
            ...range,
            ...reportsOf(filter),
            matches,
            hosts: hostsOf(filter),
            limit: 1000,
            start,
            order,
          } as const;
          const page = await asFunction('api', () => pageFlows(world.store(), asked));
          found.push(...page.flows.map(textOf));
          start = page.next;
        } while (start);
        expect(found.sort()).toEqual(naive.map(({ report, flow }) => textOf({ ...report, ...flow })).sort());
      }),
      { numRuns: 20, examples: FLOW_ORDERS.map(order => [{}, order]) },
    );
  });

  it('reads a single minute by a range of the object', async () => {
    const { objects, calls } = counting();
    const from = T0 - 2 * HOUR + 30 * 60_000;
    let flows = 0;
    await readFlowLogs({ ...world.store(), objects }, { from, to: from + 60_000 }, report => {
      flows += report.flows.length;
    });
    expect(flows).toBe(EDGES * FLOWS);
    const [footer, minute, ...rest] = calls.filter(({ name }) => name === 'get');
    expect(rest).toEqual([]);
    expect(footer?.range).toEqual({ last: 32 * 1024 });
    const { size } = (await world.bucket.objects.list('flows/')).find(
      ({ key }) => parseObjectKey(key)!.hour === T0 - 2 * HOUR,
    )!;
    expect(minute!.bytes).toBeLessThan(size / (MINUTES - 1));
  });

  it.each([
    ['is missing', async (objects: FlowObjects, key: string) => objects.delete([key])],
    [
      'is of another format',
      async (objects: FlowObjects, key: string) => objects.put(key, Buffer.from('PFI9')),
    ],
    [
      'is of other bytes',
      async (objects: FlowObjects, key: string, other: string) =>
        objects.put(key, (await objects.get(other))!),
    ],
  ])('is not required: no flow is lost when one %s', async (_, spoil) => {
    const [other, ...keys] = await world.bucket.keys('flow-index/');
    await spoil(world.bucket.objects, keys.at(-1)!, other!);
    expect(await pages(world.store(), 1000, HOST)).toEqual(ofHost);
  });
});
