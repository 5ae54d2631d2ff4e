import { expect, it } from 'vitest';
import { Recorder } from '../../../core/recorder/recorder.ts';
import { RecordSender } from '../../../edge/reporting/record-sender.ts';
import { Reporter } from '../../../edge/reporting/reporter.ts';
import { memorySpool } from '../../../edge/spool/memory-spool.ts';
import { FakeStream, modelTotals } from '../../support/fake-stream.ts';

it('starts another boot after one that has ended, counting from the last report of the old one', async () => {
  const stream = new FakeStream();
  const recorder = new Recorder({ clock: () => 0 });
  const reporter = await Reporter.start({
    edge_id: 'edge-1',
    site_id: '550e8400-e29b-41d4-a716-446655440000',
    makeBootId: boot => `boot-${boot}`,
    interval_s: 60,
    spool: memorySpool(),
    sender: new RecordSender({ client: stream, stream: 'reports', sleep: async () => {}, random: () => 0 }),
    destination: 'test',
  });
  const flow = { src: '10.0.0.1', src_port: 1, dst: '192.0.2.1', dst_port: 443, protocol: 6 };
  const report = async () => {
    recorder.recordPacket('7', flow, 100, 1000);
    await reporter.report(recorder.takeInterval());
    await reporter.settled();
    const { boot_id, seq } = reporter.position;
    return [boot_id, seq, reporter.reported.packets];
  };
  const reports = [await report(), await report()];
  reporter.endBoot('boot-0');
  reports.push(await report());
  reporter.endBoot('boot-1');
  reports.push(await report(), await report());
  expect(reports).toEqual([
    ['boot-1', 1, 1n],
    ['boot-1', 2, 2n],
    ['boot-1', 3, 3n],
    ['boot-2', 1, 1n],
    ['boot-2', 2, 2n],
  ]);
  expect(modelTotals(stream.reports())).toEqual(
    new Map([
      ['7 wan1 packets', 5n],
      ['7 wan1 bytes', 500n],
    ]),
  );
});
