import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { flowLogItem } from '../flows/flow-log.ts';
import { classifyFailure } from '../storage/failure.ts';
import { repeatUntil } from '../storage/retrying.ts';
import type { IngestContext } from './ingest-context.ts';
import type { PendingRecord } from './lane-work.ts';

/** The log may take this share of the time that is left: the counts come after it and matter more. */
const SHARE_OF_TIME = 0.25;

/** Puts under way at once; the SDK keeps 50 connections. */
const CONCURRENCY = 40;

/**
 * Puts the flows of each report, before its counts are written. Old reports too: a report may have been counted by a call that
 * was killed or whose log failed, and repeating writes the same item. What has outlived its time is not written any more.
 *
 * @returns the reports whose flows could not be written; their records have to be delivered again. Counts don't wait for it.
 */
export async function writeFlowLogs(
  reports: readonly PendingRecord[],
  context: IngestContext,
): Promise<Set<PendingRecord>> {
  const failed = new Set<PendingRecord>();
  const { flow_log_ttl_hours } = context;
  if (flow_log_ttl_hours === undefined) return failed;
  const now = context.clock();
  const deadline = now + (context.deadline - now) * SHARE_OF_TIME;
  const queue = reports.filter(({ decoded }) => decoded.report.flows.length > 0).values();
  const worker = async (): Promise<void> => {
    for (const pending of queue) {
      if (!(await writeFlowLog(pending, flow_log_ttl_hours, { ...context, deadline }))) failed.add(pending);
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, worker));
  return failed;
}

async function writeFlowLog(
  { decoded: { report, sent_at_ms }, at_ms }: PendingRecord,
  ttl_hours: number,
  context: IngestContext,
): Promise<boolean> {
  const { client, tables, tally, clock, warn } = context;
  const expires_at = Math.floor(at_ms / 1000) + Math.round(ttl_hours * 3600);
  if (expires_at * 1000 <= clock()) return true;
  const { flow_log_mask_hosts: mask_hosts } = context;
  const Item = await flowLogItem(report, { sent_at_ms, expires_at, mask_hosts });
  try {
    await repeatUntil(context, () => client.send(new PutCommand({ TableName: tables.traffic, Item })));
    return true;
  } catch (cause) {
    const { edge_id, boot_id, seq, part } = report;
    if (classifyFailure(cause).kind === 'validation') {
      tally.FlowLogsRefused++;
      warn('The database refuses the flow log of a report.', { edge_id, boot_id, seq, part, cause });
      return true;
    }
    tally.FlowLogsNotWritten++;
    return false;
  }
}
