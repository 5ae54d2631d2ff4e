import { describe, expect, it } from 'vitest';
import { RecordSender } from '../../../edge/reporting/record-sender.ts';
import { SendFailed } from '../../../edge/reporting/send-failed.ts';
import { FakeStream, type PutOutcome } from '../../support/fake-stream.ts';
import { fakeTime } from '../../support/fake-time.ts';

const OK: PutOutcome = { kind: 'ok' };

function set(outcome: (call: number) => PutOutcome = () => OK) {
  const stream = new FakeStream(outcome);
  const { clock, advance } = fakeTime();
  const waits: number[] = [];
  const troubles: string[] = [];
  const sender = new RecordSender({
    client: stream,
    stream: 'reports',
    patience_ms: 60_000,
    onTrouble: reason => troubles.push(reason),
    clock,
    sleep: async ms => {
      waits.push(ms);
      await advance(ms);
    },
    random: () => 0.5,
  });
  return { stream, sender, waits, troubles };
}

function records(count: number, bytes = 1) {
  return Array.from({ length: count }, (_, i) => ({
    partition_key: `edge-${i}`,
    data: new Uint8Array(bytes).fill(i),
  }));
}

describe('putting records on the stream', () => {
  it('gives up at the next failure once it is closed, at any patience', async () => {
    const { stream, sender, waits } = set(call => {
      if (call === 2) sender.close();
      return { kind: 'partial', refused: 1, code: 'ProvisionedThroughputExceededException' };
    });
    await expect(sender.send(records(1))).rejects.toThrow(
      new SendFailed('The stream reports did not accept the report: ProvisionedThroughputExceededException.'),
    );
    expect(stream.calls).toEqual([1, 1, 1]);
    expect(waits).toHaveLength(2);
  });

  it('sends the records of simultaneous callers in one call', async () => {
    const { stream, sender } = set();
    await Promise.all([sender.send(records(2)), sender.send(records(3))]);
    expect(stream.calls).toEqual([5]);
  });

  it('sends at most 500 records in a call', async () => {
    const { stream, sender } = set();
    await sender.send(records(1001));
    expect(stream.calls).toEqual([500, 500, 1]);
  });

  it('sends at most 5 MiB in a call, partition keys included', async () => {
    const { stream, sender } = set();
    await sender.send(records(6, 1024 * 1024));
    expect(stream.calls).toEqual([4, 2]);
  });

  it('resends only the rejected records, with back-off', async () => {
    const { stream, sender, waits, troubles } = set(call =>
      call === 0 ? { kind: 'partial', refused: 0b101, code: 'ProvisionedThroughputExceededException' } : OK,
    );
    await sender.send(records(3));
    expect(stream.calls).toEqual([3, 2]);
    expect(stream.records.map(({ partition_key }) => partition_key)).toEqual(['edge-1', 'edge-0', 'edge-2']);
    expect(waits).toEqual([50]);
    expect(troubles).toEqual(['ProvisionedThroughputExceededException']);
  });

  it('resends a whole call if its response was lost', async () => {
    const { stream, sender } = set(call => (call === 0 ? { kind: 'unanswered' } : OK));
    await sender.send(records(2));
    expect(stream.records.map(({ partition_key }) => partition_key)).toEqual([
      'edge-0',
      'edge-1',
      'edge-0',
      'edge-1',
    ]);
  });

  it('waits longer after each failure, at most 10 s, and starts again after progress', async () => {
    const { sender, waits } = set(call => {
      if (call === 9) return { kind: 'partial', refused: 0b10, code: 'InternalFailure' };
      return call < 11 ? { kind: 'refused', name: 'ThrottlingException' } : OK;
    });
    await sender.send(records(2));
    expect(waits).toEqual([50, 100, 200, 400, 800, 1600, 3200, 5000, 5000, 50, 100]);
  });

  it('gives up when its patience ends, with the reason', async () => {
    const { sender } = set(() => ({ kind: 'refused', name: 'ServiceUnavailable' }));
    await expect(sender.send(records(1))).rejects.toThrow(
      new SendFailed('The stream reports did not accept the report for 60 s: ServiceUnavailable: refused.'),
    );
  });

  it.each([
    ['ResourceNotFoundException', 'the stream does not exist; check --stream and --region'],
    ['AccessDeniedException', 'these credentials may not put records on it; check --profile'],
    ['CredentialsProviderError', 'no AWS credentials were found; give --profile'],
    ['ExpiredTokenException', 'the credentials have expired; sign in again'],
    ['ValidationException', 'ValidationException: refused'],
  ])('gives up at once on %s', async (name, reason) => {
    const { stream, sender } = set(() => ({ kind: 'refused', name }));
    await expect(sender.send(records(1))).rejects.toThrow(
      new SendFailed(`The stream reports did not accept the report: ${reason}.`, { lasting: true }),
    );
    expect(stream.calls).toEqual([1]);
  });

  it('sends again after it gave up', async () => {
    const { stream, sender } = set(call =>
      call === 0 ? { kind: 'refused', name: 'AccessDeniedException' } : OK,
    );
    await expect(sender.send(records(1))).rejects.toThrow(SendFailed);
    await sender.send(records(1));
    expect(stream.records).toHaveLength(1);
  });
});
