import type { PutRecordsCommand, PutRecordsCommandOutput } from '@aws-sdk/client-kinesis';
import { decodeReport } from '../../core/report/decode-report.ts';
import type { Report } from '../../core/report/report.ts';
import type { FlowRecord } from '../../core/totals/flow-record.ts';

/** The outcome of one PutRecords call. */
export type PutOutcome =
  | { kind: 'ok' }
  /** Nothing is stored, and an error of this name is returned. */
  | { kind: 'refused'; name: string }
  /** Everything is stored, but the response is lost. */
  | { kind: 'unanswered' }
  /** The records whose bit is set are rejected one by one. */
  | { kind: 'partial'; refused: number; code: string };

/** A stream in memory whose calls have the outcomes that a test sets. */
export class FakeStream {
  readonly records: { partition_key: string; data: Uint8Array }[] = [];
  readonly calls: number[] = [];
  readonly #outcome: (call: number) => PutOutcome;

  constructor(outcome: (call: number) => PutOutcome = () => ({ kind: 'ok' })) {
    this.#outcome = outcome;
  }

  /** Can be used in place of a Kinesis client. */
  async send({ input }: PutRecordsCommand): Promise<PutRecordsCommandOutput> {
    const records = (input.Records ?? []).map(({ PartitionKey, Data }) => ({
      partition_key: PartitionKey!,
      data: Data!,
    }));
    const outcome = this.#outcome(this.calls.length);
    this.calls.push(records.length);
    await new Promise(resolve => setImmediate(resolve));
    if (outcome.kind === 'refused') throw Object.assign(new Error('refused'), { name: outcome.name });
    const isRefused = (i: number) => outcome.kind === 'partial' && (outcome.refused >> (i % 30)) % 2 === 1;
    this.records.push(...records.filter((_, i) => !isRefused(i)));
    if (outcome.kind === 'unanswered') throw Object.assign(new Error('timed out'), { name: 'TimeoutError' });
    const answers = records.map((_, i) =>
      isRefused(i) && outcome.kind === 'partial' ? { ErrorCode: outcome.code } : { SequenceNumber: `${i}` },
    );
    return {
      FailedRecordCount: answers.filter(answer => 'ErrorCode' in answer).length,
      Records: answers,
      $metadata: {},
    };
  }

  /** The records of the stream, read like ingest reads them. */
  reports(): Report[] {
    return this.records.map(({ partition_key, data }) => decodeReport(data, partition_key).report);
  }
}

/** The totals of an ingest that follows the contract: the newest seq of each part of each boot. */
export function modelTotals(reports: readonly Report[]): Map<string, bigint> {
  const newest = new Map<string, Report>();
  for (const report of reports) {
    const lane = `${report.edge_id} ${report.boot_id} ${report.part}`;
    if ((newest.get(lane)?.seq ?? 0) < report.seq) newest.set(lane, report);
  }
  return sums([...newest.values()].flatMap(({ policies }) => policies));
}

/**
 * The flow log of an ingest that follows the contract, summed by pair: a repeated record is the
 * same item.
 */
export function modelFlowSums(reports: readonly Report[]): Map<string, bigint> {
  const items = new Map<string, FlowRecord[]>();
  for (const { edge_id, boot_id, seq, part, flows } of reports)
    items.set(`${edge_id} ${boot_id} ${seq} ${part}`, flows);
  return sums([...items.values()].flat());
}

function sums(
  rows: { policy_id: string; endpoint_id: string; packets: bigint; bytes: bigint }[],
): Map<string, bigint> {
  const total = new Map<string, bigint>();
  for (const { policy_id, endpoint_id, packets, bytes } of rows) {
    for (const [name, count] of [
      ['packets', packets],
      ['bytes', bytes],
    ] as const) {
      const key = `${policy_id} ${endpoint_id} ${name}`;
      if (count > 0n) total.set(key, (total.get(key) ?? 0n) + count);
    }
  }
  return total;
}
