import { expect, it } from 'vitest';
import { Recorder } from '../../../core/recorder/recorder.ts';
import type { Report } from '../../../core/report/report.ts';
import { Reporter } from '../../../edge/reporting/reporter.ts';
import { memorySpool } from '../../../edge/spool/memory-spool.ts';

it.each([
  [true, [true, true]],
  [false, [undefined, undefined]],
])('marks every report of a boot as estimated or not: %s', async (estimated, expected) => {
  const sent: Report[] = [];
  const reporter = await Reporter.start({
    edge_id: 'edge-1',
    site_id: '550e8400-e29b-41d4-a716-446655440000',
    makeBootId: boot => `boot-${boot}`,
    interval_s: 60,
    spool: memorySpool(),
    sender: { send: async () => {} },
    destination: 'test',
    estimated,
    onSent: report => sent.push(report),
    clock: () => Date.UTC(2026, 0, 31, 12),
  });
  const recorder = new Recorder();
  for (let minute = 0; minute < 2; minute++) {
    await reporter.report(recorder.takeInterval());
    await reporter.settled();
  }
  expect(sent.map(report => report.estimated)).toEqual(expected);
});
