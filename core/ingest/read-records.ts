import { EdgeKeyMemory, type KnownKeys } from '../edge-keys/edge-key-memory.ts';
import { judgeSigned, judgeUnsigned } from '../edge-keys/judge-record.ts';
import { type DecodedReport, decodeReport } from '../report/decode-report.ts';
import { ReportRejected } from '../report/rejection.ts';
import { isSigned, readSignedRecord, type SignedRecord } from '../report/signed-record.ts';
import type { IngestContext } from './ingest-context.ts';
import type { PendingRecord } from './lane-work.ts';
import { type StreamRecord, slotOfShard } from './stream-record.ts';

/** A record and its report, or why it can't be counted. */
export interface ReadRecord {
  record: StreamRecord;
  result: PendingRecord | ReportRejected;
}

/** A record as far as it can be read without keys. */
interface Opened {
  record: StreamRecord;
  result: SignedRecord | DecodedReport | ReportRejected;
}

/**
 * Reads the records of a turn and verifies that their edges sent them, by the keys that were valid
 * when the stream got each record. A signed record is decoded after its signature is verified.
 * Records that can't count are not decoded.
 *
 * @throws Throttled or Conflict at the deadline
 */
export async function readRecords(
  records: readonly StreamRecord[],
  context: IngestContext,
): Promise<ReadRecord[]> {
  const opened = records.map((record): Opened => ({ record, result: open(record, context) }));
  const toJudge = opened.filter(({ result }) => !(result instanceof ReportRejected));
  const keys = await keysFor(toJudge, context);
  return opened.map(({ record, result }) => ({
    record,
    result: attempt(() => pending(record, judged(record, result, keys), context)),
  }));
}

function open(record: StreamRecord, { require_signed = false }: IngestContext): Opened['result'] {
  return attempt(() => {
    if (isSigned(record.data)) return readSignedRecord(record.data);
    const decoded = decodeReport(record.data, record.partition_key);
    if (require_signed) throw new ReportRejected('unsigned', 'this system counts no unsigned report');
    return decoded;
  });
}

/** The keys of the edges of these records. Unknown keys are read once more, all in one request. */
async function keysFor(
  opened: readonly Opened[],
  context: IngestContext,
): Promise<ReadonlyMap<string, KnownKeys>> {
  const { edge_keys = new EdgeKeyMemory() } = context;
  const edges = (list: readonly Opened[]) => new Set(list.map(({ record }) => record.partition_key));
  if (opened.length === 0) return new Map();
  const { keys, isNow } = await edge_keys.keysOf(edges(opened), context);
  const unknown = opened.filter(
    ({ record, result }) => 'kid' in result && !keys.get(record.partition_key)!.by_kid.has(result.kid),
  );
  if (isNow || unknown.length === 0) return keys;
  const again = await edge_keys.keysOf(edges(unknown), context, { now: true });
  return new Map([...keys, ...again.keys]);
}

/** @throws ReportRejected */
function judged(
  { data: _, partition_key: edge_id, arrived_at_ms }: StreamRecord,
  result: Opened['result'],
  all: ReadonlyMap<string, KnownKeys>,
): DecodedReport {
  if (result instanceof ReportRejected) throw result;
  const judging = { edge_id, arrived_at_ms, keys: all.get(edge_id)! };
  if (!('kid' in result)) {
    judgeUnsigned(judging);
    return result;
  }
  judgeSigned(result, judging);
  return decodeReport(result.payload, edge_id);
}

function pending(
  record: StreamRecord,
  decoded: DecodedReport,
  { slots, tally }: IngestContext,
): PendingRecord {
  tally.UnknownFields += decoded.unknown_fields;
  return { record, decoded, at_ms: record.arrived_at_ms, slot: slotOfShard(record.shard_id, slots) };
}

function attempt<T>(read: () => T): T | ReportRejected {
  try {
    return read();
  } catch (reason) {
    if (reason instanceof ReportRejected) return reason;
    throw reason;
  }
}
