import { appendFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EngineAnswer, EngineRequest, Forward } from './kinesis-front.ts';
import type { JournalEntry, JournaledShard, JournaledStream } from './kinesis-journal.ts';

/** Environment variable of the engine: the file of the journal. */
export const JOURNAL_FILE = 'PATRONUS_JOURNAL_FILE';

const TARGET = 'Kinesis_20131202';
const JSON_TYPE = 'application/x-amz-json-1.1';
/** Changes of a stream take 10 ms in kinesis-local. */
const STATUS_POLL_MS = 5;

interface PutInput {
  StreamName?: string;
  StreamARN?: string;
  Records?: PutEntry[];
}

interface PutEntry {
  PartitionKey: string;
  Data: string;
}

interface PutResult {
  ShardId?: string | null;
  SequenceNumber?: string | null;
  EncryptionType?: string | null;
}

/**
 * Writes everything that kinesis-local accepts to a journal before the answer is sent: records, and
 * the shards of a stream after each change. Changes and puts wait for each other, so that no record
 * is written before its shard.
 */
export function journaled(forward: Forward, file: string): Forward {
  const append = appender(file);
  let changing: Promise<unknown> = Promise.resolve();
  const putting = new Set<Promise<unknown>>();

  async function put(request: EngineRequest): Promise<EngineAnswer> {
    if (!String(request.headers['content-type']).startsWith(JSON_TYPE)) return jsonOnly();
    for (let seen: unknown; seen !== changing; ) {
      seen = changing;
      await changing;
    }
    const running = putNow(request);
    putting.add(running);
    try {
      return await running;
    } finally {
      putting.delete(running);
    }
  }

  async function putNow(request: EngineRequest): Promise<EngineAnswer> {
    const answer = await forward(request);
    if (answer.status === 200) await append(recordEntries(request.body, answer.body));
    return answer;
  }

  async function change(request: EngineRequest): Promise<EngineAnswer> {
    await Promise.allSettled(putting);
    const answer = await forward(request);
    if (answer.status === 200) {
      const stream = streamOf(JSON.parse(request.body.toString() || '{}') as PutInput);
      if (stream !== undefined) await append([await describe(stream, request)]);
    }
    return answer;
  }

  async function describe(StreamName: string, request: EngineRequest): Promise<JournalEntry> {
    const call = async <Answer>(operation: string, input: object): Promise<Answer | undefined> => {
      const headers = {
        ...request.headers,
        'content-type': JSON_TYPE,
        'x-amz-target': `${TARGET}.${operation}`,
      };
      const { status, body } = await forward({
        operation,
        headers,
        body: Buffer.from(JSON.stringify(input)),
      });
      return status === 200 ? (JSON.parse(body.toString()) as Answer) : undefined;
    };
    for (;;) {
      const summary = await call<{ StreamDescriptionSummary: JournaledStream & { StreamStatus: string } }>(
        'DescribeStreamSummary',
        { StreamName },
      );
      if (!summary) return { gone: StreamName };
      const { StreamStatus, ...stream } = summary.StreamDescriptionSummary;
      if (StreamStatus === 'ACTIVE') return { stream, shards: await listShards(StreamName, call) };
      await sleep(STATUS_POLL_MS);
    }
  }

  return request => {
    if (request.operation === 'PutRecord' || request.operation === 'PutRecords') return put(request);
    if (/^(Get|List|Describe|SubscribeToShard)/.test(request.operation)) return forward(request);
    const changed = changing.then(() => change(request));
    changing = changed.catch(() => {});
    return changed;
  };
}

type Call = <Answer>(operation: string, input: object) => Promise<Answer | undefined>;

async function listShards(StreamName: string, call: Call): Promise<JournaledShard[]> {
  const shards: JournaledShard[] = [];
  let NextToken: string | null | undefined;
  do {
    const page = await call<{ Shards: JournaledShard[]; NextToken?: string | null }>(
      'ListShards',
      NextToken ? { NextToken } : { StreamName },
    );
    shards.push(...(page?.Shards ?? []));
    NextToken = page?.NextToken;
  } while (NextToken);
  return shards;
}

function recordEntries(body: Buffer, answered: Buffer): JournalEntry[] {
  const input = JSON.parse(body.toString()) as PutInput & PutEntry;
  const answer = JSON.parse(answered.toString()) as PutResult & { Records?: PutResult[] };
  const results = answer.Records ?? [answer];
  const now = Date.now() / 1000;
  return (input.Records ?? [input]).flatMap(({ PartitionKey, Data }, index) => {
    const { ShardId, SequenceNumber, EncryptionType } = results[index] ?? {};
    if (!ShardId || !SequenceNumber) return [];
    const record = {
      SequenceNumber,
      PartitionKey,
      Data,
      ApproximateArrivalTimestamp: now,
      EncryptionType: EncryptionType ?? answer.EncryptionType ?? 'NONE',
    };
    return [{ of: streamOf(input)!, shard: ShardId, record }];
  });
}

function streamOf({ StreamName, StreamARN }: PutInput): string | undefined {
  return StreamName ?? StreamARN?.split('/').at(-1);
}

/** Appends complete entries; entries that arrive during a write are written together. */
function appender(file: string): (entries: JournalEntry[]) => Promise<void> {
  let waiting: string[] = [];
  let next: Promise<void> | undefined;
  let writing: Promise<void> = Promise.resolve();
  return entries => {
    waiting.push(...entries.map(entry => `${JSON.stringify(entry)}\n`));
    if (!next) {
      next = writing.then(() => {
        const text = waiting.join('');
        waiting = [];
        next = undefined;
        return text === '' ? undefined : appendFile(file, text);
      });
      writing = next.catch(() => {});
    }
    return next;
  };
}

function jsonOnly(): EngineAnswer {
  const message = `With --data the stream accepts records only as ${JSON_TYPE}: disable CBOR in the client.`;
  return {
    status: 415,
    headers: { 'content-type': JSON_TYPE },
    body: Buffer.from(JSON.stringify({ __type: 'UnsupportedMediaTypeException', message })),
  };
}
