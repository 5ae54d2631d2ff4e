import { batchObjects } from '../flows/batch-objects.ts';
import type { IngestContext } from './ingest-context.ts';
import type { PendingRecord } from './lane-work.ts';

/**
 * Time limit of the flow log: this long, and this share of the remaining time. The counts matter
 * more.
 */
const MAX_MS = 2000;
const SHARE_OF_TIME = 0.25;

/**
 * Writes the flows of a batch in parallel with the counters. Old reports are included: a report may
 * have been counted by a call that was killed before its flows were written, and readers use each
 * report once. Expired flows are not written.
 *
 * Flows that can't be written in time are discarded, counted as FlowLogsNotWritten and unattributed
 * from then on. No record is delivered again because of them, and the promise never rejects.
 */
export async function writeFlowLogs(
  reports: readonly PendingRecord[],
  context: IngestContext,
): Promise<void> {
  const {
    flow_log,
    flow_log_ttl_hours,
    flow_log_mask_hosts: mask_hosts,
    clock,
    deadline,
    tally,
    warn,
  } = context;
  if (flow_log === undefined || flow_log_ttl_hours === undefined) return;
  const now = clock();
  const expired = now - flow_log_ttl_hours * 3_600_000;
  const logged = reports
    .filter(
      ({ decoded: { report }, at_ms }) =>
        report.flows.length > 0 && at_ms > expired && !flow_log.recent?.has(report),
    )
    .map(({ decoded: { report, sent_at_ms }, at_ms }) => ({ report, sent_at_ms, arrived_at_ms: at_ms }));
  if (logged.length === 0) return;
  const shard = shardNumber(reports[0]!.record.shard_id);
  const controller = new AbortController();
  const { signal } = controller;
  let left = logged.length;
  const work = async (): Promise<void> => {
    for await (const { key, body, reports } of batchObjects(logged, { shard, mask_hosts })) {
      if (signal.aborted) return;
      await flow_log.objects.put(key, body, { signal });
      if (signal.aborted) return;
      left -= reports.length;
      for (const { report } of reports) flow_log.recent?.add(report);
    }
  };
  const limit_ms = Math.max(0, Math.min(MAX_MS, (deadline - now) * SHARE_OF_TIME));
  const cause = await within(limit_ms, work(), { controller, schedule: flow_log.schedule });
  if (left === 0) return;
  tally.FlowLogsNotWritten += left;
  warn('The flows of reports were not logged: they are unattributed.', { reports: left, cause });
}

/** @returns the failure; undefined if there was none */
async function within(
  limit_ms: number,
  work: Promise<void>,
  {
    controller,
    schedule,
  }: { controller: AbortController; schedule: NonNullable<IngestContext['flow_log']>['schedule'] },
): Promise<unknown> {
  const { promise: late, resolve } = Promise.withResolvers<unknown>();
  const cancel = schedule(limit_ms, () => {
    controller.abort();
    resolve(new Error(`It took longer than ${limit_ms} ms.`));
  });
  try {
    return await Promise.race([
      work.then(
        () => undefined,
        cause => cause ?? new Error('failed'),
      ),
      late,
    ]);
  } finally {
    cancel();
  }
}

/** 12 for `shardId-000000000012`. */
function shardNumber(shard_id: string): number {
  const number = Number(shard_id.slice(shard_id.lastIndexOf('-') + 1));
  return Number.isSafeInteger(number) && number >= 0 ? number : 0;
}
