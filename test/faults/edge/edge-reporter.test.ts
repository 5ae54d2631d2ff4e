import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Recorder } from '../../../core/recorder/recorder.ts';
import { RecordSender } from '../../../edge/reporting/record-sender.ts';
import { Reporter, type ReporterOptions } from '../../../edge/reporting/reporter.ts';
import { memorySpool } from '../../../edge/spool/memory-spool.ts';
import type { Spool } from '../../../edge/spool/spool.ts';
import { FakeStream, modelFlowSums, modelTotals, type PutOutcome } from '../../support/fake-stream.ts';

/** The step at which a process is killed: none, or before or after its n-th outside call. */
interface Death {
  step: number;
  when: 'before' | 'after';
}

/** One run of an edge over a spool and a stream that outlive it. */
async function startRun(
  { boot_id, spool, stream, death }: { boot_id: string; spool: Spool; stream: FakeStream; death?: Death },
  more: Partial<ReporterOptions> = {},
) {
  let steps = 0;
  let die = () => {};
  const died = new Promise<'died'>(resolve => {
    die = () => resolve('died');
  });
  // Calls of a killed process never return, and later ones never happen.
  async function step<T>(run: () => Promise<T>): Promise<T> {
    const mine = ++steps;
    const isLast = death && mine >= death.step;
    if (isLast && (mine > death.step || death.when === 'before')) {
      die();
      return new Promise(() => {});
    }
    const result = await run();
    if (!isLast) return result;
    die();
    return new Promise(() => {});
  }
  const mortalSpool: Spool = {
    list: () => spool.list(),
    write: (slot, entry) => step(() => spool.write(slot, entry)),
    remove: slot => step(() => spool.remove(slot)),
    close: () => spool.close(),
  };
  const recorder = new Recorder({ clock: () => 0 });
  const reporter = await Reporter.start({
    edge_id: 'edge-1',
    site_id: '550e8400-e29b-41d4-a716-446655440000',
    makeBootId: boot => `${boot_id}.${boot}`,
    interval_s: 60,
    spool: mortalSpool,
    sender: new RecordSender({
      client: { send: command => step(() => stream.send(command)) },
      stream: 'reports',
      sleep: async () => {},
      random: () => 0,
    }),
    destination: 'test',
    listed_flows: 3,
    clock: () => Date.UTC(2026, 0, 31, 12),
    ...more,
  });
  return { recorder, reporter, died, steps: () => steps };
}

function count(
  recorder: Recorder,
  { policy, host, size }: { policy: string; host: number; size: number },
): void {
  const flow = { src: `10.0.0.${host}`, src_port: 1, dst: '192.0.2.1', dst_port: 443, protocol: 6 };
  recorder.recordPacket(policy, flow, size, 1000);
}

function totalsOf(recorders: Recorder[]): Map<string, bigint> {
  const sums = new Map<string, bigint>();
  for (const { policy_id, packets_exact, bytes_exact } of recorders.flatMap(one => one.getAllStats())) {
    for (const [name, value] of [
      ['packets', packets_exact],
      ['bytes', bytes_exact],
    ] as const) {
      const key = `${policy_id} wan1 ${name}`;
      if (value > 0n) sums.set(key, (sums.get(key) ?? 0n) + value);
    }
  }
  return sums;
}

const anyOutcome: fc.Arbitrary<PutOutcome> = fc.oneof(
  { weight: 3, arbitrary: fc.constant<PutOutcome>({ kind: 'ok' }) },
  fc.constant<PutOutcome>({ kind: 'unanswered' }),
  fc
    .constantFrom('ThrottlingException', 'TimeoutError', 'InternalFailure')
    .map(name => ({ kind: 'refused' as const, name })),
  fc
    .nat(255)
    .map(refused => ({ kind: 'partial' as const, refused, code: 'ProvisionedThroughputExceededException' })),
);

const anyPacket = fc.record({
  policy: fc.integer({ min: 1, max: 200 }).map(String),
  host: fc.integer({ min: 1, max: 9 }),
  size: fc.integer({ min: 20, max: 1500 }),
});

describe('a reporter whose stream fails in every way', () => {
  it('ends with exact totals and a flow log with every increment once', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ packets: fc.array(anyPacket, { maxLength: 120 }), settle: fc.boolean() }), {
          minLength: 1,
          maxLength: 8,
        }),
        fc.array(anyOutcome, { maxLength: 20 }),
        async (intervals, outcomes) => {
          const stream = new FakeStream(call => outcomes[call] ?? { kind: 'ok' });
          const { recorder, reporter } = await startRun({ boot_id: 'a', spool: memorySpool(), stream });
          for (const { packets, settle } of intervals) {
            for (const packet of packets) count(recorder, packet);
            await reporter.report(recorder.takeInterval());
            if (settle) await reporter.settled();
          }
          await reporter.settled();
          const reports = stream.reports();
          expect(modelTotals(reports)).toEqual(totalsOf([recorder]));
          expect(modelFlowSums(reports)).toEqual(totalsOf([recorder]));
          for (const boot of new Set(reports.map(({ boot_id }) => boot_id))) {
            expect(
              new Set(reports.filter(({ boot_id }) => boot_id === boot).map(({ parts }) => parts)).size,
            ).toBe(1);
          }
        },
      ),
      { numRuns: 150 },
    );
  });

  it('sends the last report of the earlier boot before the first of a boot with more parts', async () => {
    let calls = 0;
    const stream = new FakeStream(() =>
      ++calls < 4 ? { kind: 'refused', name: 'ThrottlingException' } : { kind: 'ok' },
    );
    const { recorder, reporter } = await startRun({ boot_id: 'a', spool: memorySpool(), stream });
    count(recorder, { policy: '1', host: 1, size: 100 });
    await reporter.report(recorder.takeInterval());
    for (let policy = 1; policy <= 100; policy++)
      count(recorder, { policy: `${policy}`, host: 1, size: 100 });
    await reporter.report(recorder.takeInterval());
    await reporter.settled();
    const order = stream
      .reports()
      .map(({ boot_id, seq, part, parts }) => `${boot_id} ${seq} ${part}/${parts}`);
    expect(order).toEqual(['a.1 1 0/1', 'a.2 1 0/2', 'a.2 1 1/2']);
    expect(modelTotals(stream.reports())).toEqual(totalsOf([recorder]));
  });

  it('keeps its boot when the announced policies arrive', async () => {
    const stream = new FakeStream();
    const expected_pairs = Array.from({ length: 300 }, (_, i) => ({
      policy_id: `${i + 1}`,
      endpoint_id: 'wan1',
    }));
    const { recorder, reporter } = await startRun(
      { boot_id: 'a', spool: memorySpool(), stream },
      { expected_pairs },
    );
    for (const policies of [1, 300]) {
      for (let policy = 1; policy <= policies; policy++)
        count(recorder, { policy: `${policy}`, host: 1, size: 60 });
      await reporter.report(recorder.takeInterval());
    }
    await reporter.settled();
    expect(new Set(stream.reports().map(({ boot_id }) => boot_id))).toEqual(new Set(['a.1']));
  });

  it('replaces a waiting report by a newer one, but never a report that was sent before', async () => {
    let open = () => {};
    const gate = new Promise<void>(resolve => {
      open = resolve;
    });
    const stream = new FakeStream();
    const sender = {
      async send(records: readonly { partition_key: string; data: Uint8Array }[]) {
        await gate;
        stream.records.push(...records);
      },
    };
    const spool = memorySpool();
    const { recorder, reporter } = await startRun({ boot_id: 'a', spool, stream }, { sender });
    for (let i = 0; i < 5; i++) {
      count(recorder, { policy: '1', host: i, size: 100 });
      await reporter.report(recorder.takeInterval());
    }
    expect([...(await spool.list()).values()].map(({ seq }) => seq)).toEqual([1, 5]);
    open();
    await reporter.settled();
    expect(stream.reports().map(({ seq }) => seq)).toEqual([1, 5]);
    expect(modelFlowSums(stream.reports())).toEqual(totalsOf([recorder]));
    expect((await spool.list()).size).toBe(0);
  });
});

describe('a killed edge', () => {
  const packets = [
    { policy: '1', host: 1, size: 100 },
    { policy: '2', host: 2, size: 200 },
  ];

  async function scenario(death: Death | undefined) {
    const spool = memorySpool();
    const outcomes: PutOutcome[] = [
      { kind: 'ok' },
      { kind: 'unanswered' },
      { kind: 'refused', name: 'TimeoutError' },
    ];
    const stream = new FakeStream(call => outcomes[call] ?? { kind: 'ok' });
    const first = await startRun({ boot_id: 'a', spool, stream, ...(death && { death }) });
    const safe = new Recorder({ clock: () => 0 });
    const work = async () => {
      for (const packet of packets) {
        count(first.recorder, packet);
        await first.reporter.report(first.recorder.takeInterval());
        count(safe, packet);
      }
      await first.reporter.settled();
    };
    await Promise.race([work(), first.died]);
    const second = await startRun({ boot_id: 'b', spool, stream });
    count(second.recorder, { policy: '1', host: 3, size: 300 });
    await second.reporter.report(second.recorder.takeInterval());
    await second.reporter.settled();
    return { stream, spool, first, second, safe };
  }

  it('loses no reported counts at any step, and sends the last report of the old boot first', async () => {
    const { first } = await scenario(undefined);
    const steps = first.steps();
    expect(steps).toBeGreaterThan(5);
    for (let step = 1; step <= steps; step++) {
      for (const when of ['before', 'after'] as const) {
        const { stream, spool, first: killed, second, safe } = await scenario({ step, when });
        const reports = stream.reports();
        const reported = totalsOf([safe, second.recorder]);
        const counted = totalsOf([killed.recorder, second.recorder]);
        expect([reported, counted], `killed ${when} step ${step}`).toContainEqual(modelTotals(reports));
        expect(modelFlowSums(reports)).toEqual(modelTotals(reports));
        const boots = reports.map(({ boot_id }) => boot_id);
        expect(boots.lastIndexOf('a.1')).toBeLessThan(boots.indexOf('b.1'));
        expect((await spool.list()).size).toBe(0);
      }
    }
  });

  it('keeps reports for another system, and sends them there', async () => {
    const spool = memorySpool();
    const stream = new FakeStream();
    const entry = {
      destination: 'elsewhere',
      edge_id: 'edge-1',
      boot_id: 'old',
      seq: 1,
      records: [new Uint8Array(1)],
    };
    await spool.write(7, entry);
    const { recorder, reporter } = await startRun({ boot_id: 'a', spool, stream });
    count(recorder, packets[0]!);
    await reporter.report(recorder.takeInterval());
    await reporter.settled();
    expect(reporter.foreignReports).toBe(1);
    expect(stream.reports().map(({ boot_id }) => boot_id)).toEqual(['a.1']);
    expect(await spool.list()).toEqual(new Map([[7, entry]]));
  });
});
