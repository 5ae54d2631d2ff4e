import { appendFile, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type AwsJsonApi, callAwsJson } from '../../../local/aws/aws-json-call.ts';
import type { Engine } from '../../../local/engines/engine.ts';
import { startKinesis } from '../../../local/engines/kinesis.ts';
import { createStream } from '../../../local/resources/types/kinesis-stream.ts';
import { seededRandom } from '../../support/random.ts';

let folder: string;
let engine: Engine | undefined;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'patronus-journal-'));
});
afterEach(async () => {
  await engine?.stop();
  await rm(folder, { recursive: true, force: true });
});

interface Read {
  SequenceNumber: string;
  PartitionKey: string;
  Data: string;
}

const STREAM = 'reports';
const KILLS = Number(process.env.KILL_RUNS ?? 5);

async function start() {
  engine = await startKinesis({ dataDirectory: folder });
  const api: AwsJsonApi = { endpoint: engine.endpoint, target: 'Kinesis_20131202', jsonVersion: '1.1' };
  await createStream(engine.endpoint, STREAM, { ShardCount: 2 } as Parameters<typeof createStream>[2]);
  return <Answer>(operation: string, input: object) => callAwsJson<Answer>(api, operation, input);
}
type Call = Awaited<ReturnType<typeof start>>;

const kill = async () => {
  process.kill(engine!.pid, 'SIGKILL');
  await engine!.ended;
};

const base64 = (text: string) => Buffer.from(text).toString('base64');

async function shardsOf(call: Call) {
  const { Shards } = await call<{
    Shards: {
      ShardId: string;
      ParentShardId: string | null;
      HashKeyRange: object;
      SequenceNumberRange: object;
    }[];
  }>('ListShards', { StreamName: STREAM });
  return Shards;
}

async function recordsOf(call: Call, ShardId: string, from: object = { ShardIteratorType: 'TRIM_HORIZON' }) {
  const records: Read[] = [];
  let { ShardIterator } = await call<{ ShardIterator: string | null }>('GetShardIterator', {
    StreamName: STREAM,
    ShardId,
    ...from,
  });
  while (ShardIterator) {
    const page: { Records: Read[]; NextShardIterator: string | null } = await call('GetRecords', {
      ShardIterator,
    });
    records.push(...page.Records);
    if (page.Records.length === 0) break;
    ShardIterator = page.NextShardIterator;
  }
  return records;
}

async function everything(call: Call): Promise<Map<string, Read[]>> {
  const all = new Map<string, Read[]>();
  for (const { ShardId } of await shardsOf(call)) all.set(ShardId, await recordsOf(call, ShardId));
  return all;
}

describe('a stored stream', () => {
  it(`has all acknowledged records after each of ${KILLS} kills, in order, under their numbers`, async () => {
    const random = seededRandom(20);
    const acknowledged = new Map<string, { shard: string; data: string }>();
    let lastSeen = new Map<string, string>();
    let sent = 0;
    for (let run = 0; run < KILLS; run++) {
      const call = await start();
      const kept = await everything(call);
      const byNumber = new Map(
        [...kept].flatMap(([shard, records]) =>
          records.map(record => [record.SequenceNumber, { shard, data: record.Data }] as const),
        ),
      );
      for (const [number, record] of acknowledged) expect(byNumber.get(number)).toEqual(record);
      for (const records of kept.values()) {
        const inOrder = records.map(({ SequenceNumber }) => BigInt(SequenceNumber));
        expect(inOrder).toEqual(inOrder.toSorted((a, b) => (a < b ? -1 : 1)));
        expect(new Set(inOrder).size).toBe(inOrder.length);
      }
      // A reader that had read up to an acknowledged record continues after it.
      for (const [shard, number] of lastSeen) {
        const after = await recordsOf(call, shard, {
          ShardIteratorType: 'AFTER_SEQUENCE_NUMBER',
          StartingSequenceNumber: number,
        });
        const all = kept.get(shard)!.map(({ SequenceNumber }) => SequenceNumber);
        expect(after.map(({ SequenceNumber }) => SequenceNumber)).toEqual(all.slice(all.indexOf(number) + 1));
      }
      // An account may have ten shards.
      if (run % 4 === 2 && run < 30) await split(call);
      const killAfter = 1 + Math.floor(random.next() * 40);
      let answered = 0;
      const writers = Array.from({ length: 4 }, async () => {
        while (answered < killAfter) {
          const records = Array.from({ length: 1 + Math.floor(random.next() * 5) }, () => `record ${sent++}`);
          const { Records } = await call<{ Records: { SequenceNumber: string; ShardId: string }[] }>(
            'PutRecords',
            {
              StreamName: STREAM,
              Records: records.map(text => ({ PartitionKey: text, Data: base64(text) })),
            },
          );
          Records.forEach(({ SequenceNumber, ShardId }, index) => {
            acknowledged.set(SequenceNumber, { shard: ShardId, data: base64(records[index]!) });
          });
          answered++;
        }
        // The others are in the middle of it.
        process.kill(engine!.pid, 'SIGKILL');
      });
      await Promise.allSettled(writers);
      await engine!.ended;
      lastSeen = new Map();
      for (const [number, { shard }] of acknowledged) {
        const before = lastSeen.get(shard);
        if (before === undefined || BigInt(before) < BigInt(number)) lastSeen.set(shard, number);
      }
    }
    expect(acknowledged.size).toBeGreaterThan(KILLS);
  }, 3_600_000);

  async function split(call: Call): Promise<void> {
    const open = (await shardsOf(call)).filter(
      ({ SequenceNumberRange }) =>
        !(SequenceNumberRange as { EndingSequenceNumber?: string }).EndingSequenceNumber,
    );
    const { ShardId, HashKeyRange } = open.at(-1)!;
    const { StartingHashKey, EndingHashKey } = HashKeyRange as Record<string, string>;
    const NewStartingHashKey = ((BigInt(StartingHashKey!) + BigInt(EndingHashKey!)) / 2n).toString();
    await call('SplitShard', { StreamName: STREAM, ShardToSplit: ShardId, NewStartingHashKey });
  }

  it('keeps its shards after a kill just after they changed', async () => {
    const call = await start();
    await call('PutRecord', { StreamName: STREAM, PartitionKey: 'a', Data: base64('a') });
    await split(call);
    const before = await shardsOf(call);
    await kill();
    const again = await start();
    expect(await shardsOf(again)).toEqual(before);
    const children = before.filter(({ ParentShardId }) => ParentShardId !== null);
    expect(children).toHaveLength(2);
    const { ShardId } = await again<{ ShardId: string }>('PutRecord', {
      StreamName: STREAM,
      PartitionKey: 'x',
      ExplicitHashKey: '340282366920938463463374607431768211455',
      Data: base64('x'),
    });
    expect(ShardId).toBe(children[1]!.ShardId);
  }, 60_000);

  it('starts with a truncated last line, and reports any other unreadable line', async () => {
    let call = await start();
    await call('PutRecord', { StreamName: STREAM, PartitionKey: 'a', Data: base64('first') });
    await kill();
    const journal = join(folder, 'journal.jsonl');
    const sound = await readFile(journal, 'utf8');
    await appendFile(journal, '{"of":"reports","shard":"shardId-0000');
    call = await start();
    await call('PutRecord', { StreamName: STREAM, PartitionKey: 'a', Data: base64('second') });
    await kill();
    call = await start();
    const records = [...(await everything(call)).values()].flat();
    expect(records.map(({ Data }) => Data)).toEqual([base64('first'), base64('second')]);
    await kill();
    const lines = sound.split('\n');
    await writeFile(journal, [lines[0], '{', ...lines.slice(1)].join('\n'));
    await expect(startKinesis({ dataDirectory: folder })).rejects.toMatchObject({
      name: 'KeptDataError',
      message: `Line 2 of ${journal} can't be read: restore a copy of the file, or remove that line.`,
    });
  }, 60_000);

  it('takes over the data of the last release, and starts with its empty file', async () => {
    const shard = JSON.stringify({
      AdjacentParentShardId: null,
      ClosedTimestamp: null,
      CreatedAtTimestamp: new Date(MADE_AT).toISOString(),
      HashKeyRange: { StartingHashKey: '0', EndingHashKey: '340282366920938463463374607431768211455' },
      ParentShardId: null,
      SequenceNumberRange: { EndingSequenceNumber: null, StartingSequenceNumber: FIRST },
      ShardId: 'shardId-000000000000',
      ShardIndex: 0,
    });
    const record = {
      ApproximateArrivalTimestamp: Math.floor(MADE_AT / 1000) + 1.5,
      Data: base64('old'),
      EncryptionType: 'NONE',
      PartitionKey: 'a',
      SequenceNumber: `${BigInt(FIRST) + (1n << 80n)}`,
    };
    const old = join(folder, 'kinesis-data.json');
    await writeFile(
      old,
      JSON.stringify({
        streams: {
          [`arn:aws:kinesis:eu-central-1:000000000000:stream/${STREAM}`]: {
            consumers: {},
            encryptionType: 'NONE',
            enhancedMonitoring: [],
            keyId: null,
            retentionPeriod: { length: 168, unit: 'HOURS' },
            shards: { [shard]: [record] },
            streamArn: `arn:aws:kinesis:eu-central-1:000000000000:stream/${STREAM}`,
            streamCreationTimestamp: new Date(MADE_AT).toISOString(),
            streamModeDetails: { StreamMode: 'PROVISIONED' },
            streamName: STREAM,
            streamStatus: 'ACTIVE',
            tags: {},
          },
        },
      }),
    );
    let call = await start();
    const { SequenceNumber } = await call<{ SequenceNumber: string }>('PutRecord', {
      StreamName: STREAM,
      PartitionKey: 'a',
      Data: base64('new'),
    });
    expect(BigInt(SequenceNumber)).toBeGreaterThan(BigInt(record.SequenceNumber));
    await kill();
    await expect(stat(old)).rejects.toThrow('ENOENT');
    call = await start();
    expect(await recordsOf(call, 'shardId-000000000000')).toMatchObject([
      record,
      { Data: base64('new'), SequenceNumber },
    ]);
    await kill();

    await rm(join(folder, 'journal.jsonl'));
    await writeFile(old, '');
    call = await start();
    expect([...(await everything(call)).values()].flat()).toEqual([]);
  }, 60_000);

  it('drops records older than a week before the last one, and continues with higher numbers', async () => {
    let call = await start();
    for (const text of ['one', 'two', 'three']) {
      await call('PutRecord', { StreamName: STREAM, PartitionKey: 'a', Data: base64(text) });
    }
    await kill();
    const journal = join(folder, 'journal.jsonl');
    const lines = (await readFile(journal, 'utf8'))
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line));
    const aged = lines.map(line =>
      line.record?.Data === base64('three') || !line.record
        ? line
        : {
            ...line,
            record: {
              ...line.record,
              ApproximateArrivalTimestamp:
                line.record.ApproximateArrivalTimestamp -
                (line.record.Data === base64('one') ? 700_000 : 600_000),
            },
          },
    );
    await writeFile(journal, aged.map(line => `${JSON.stringify(line)}\n`).join(''));
    call = await start();
    await call('PutRecord', { StreamName: STREAM, PartitionKey: 'a', Data: base64('four') });
    const records = [...(await everything(call)).values()].flat();
    expect(records.map(({ Data }) => Data)).toEqual(['two', 'three', 'four'].map(base64));
    expect(BigInt(records[2]!.SequenceNumber)).toBeGreaterThan(BigInt(records[1]!.SequenceNumber));
    expect(await readFile(journal, 'utf8')).not.toContain(base64('one'));
  }, 60_000);

  it('no longer exists after its deletion', async () => {
    let call = await start();
    await call('PutRecord', { StreamName: STREAM, PartitionKey: 'a', Data: base64('a') });
    await call('DeleteStream', { StreamName: STREAM });
    await kill();
    call = await start();
    expect([...(await everything(call)).values()].flat()).toEqual([]);
  }, 60_000);
});

/**
 * The second in which a shard was made, its index, then for each record a count and a second: in
 * hexadecimal.
 */
const MADE_AT = Date.now() - 3_600_000;
const SECOND = Math.floor(MADE_AT / 1000)
  .toString(16)
  .padStart(9, '0');
const FIRST = BigInt(`0x2${SECOND}0${'0'.repeat(18)}${SECOND}000000002`).toString();
