import { GetObjectCommand, UploadPartCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ValidationError } from '../../../core/errors.ts';
import type { ExportJob } from '../../../core/export/export-job.ts';
import type { AuditQuery, ExportReader } from '../../../core/export/export-reader.ts';
import { readJob } from '../../../core/export/job-store.ts';
import { resumeExports } from '../../../functions/cleanup/resume-exports.ts';
import { type ExportBed, makeExportBed, type RunOptions } from '../../support/export-bed.ts';
import { type Fault, makeFaults } from '../../support/faults.ts';
import { localClient } from '../../support/local-client.ts';
import { BUCKET } from '../../support/local-s3.ts';
import { T0 } from '../../support/report-records.ts';

const LEASE_MS = 305_001;
const PART_BYTES = 5000;
const HALF_A_PART = 2700;
/** The first two fill a part, the last one is the rest. */
const ROW_CHARACTERS = [HALF_A_PART, HALF_A_PART, 100];

let bed: ExportBed;

beforeAll(async () => {
  bed = await makeExportBed({ min_part_bytes: PART_BYTES });
});

beforeEach(() => {
  bed.api.now = T0;
  bed.dispatched.length = 0;
});

afterAll(() => bed.close());

/** An audit log of three entries, an entry a page. `before` runs before a page is given. */
function wideReader(before: (page: number) => Promise<void> | void = () => {}): ExportReader {
  const audit = async ({ next_token }: AuditQuery) => {
    const page = Number(next_token ?? 0);
    await before(page);
    const items = [
      { id: `entry-${page}`, message: 'x'.repeat(ROW_CHARACTERS[page]!), actor: { groups: ['admin'] } },
    ];
    return { items, next_token: page + 1 < ROW_CHARACTERS.length ? String(page + 1) : null };
  };
  return { audit } as unknown as ExportReader;
}

async function start(): Promise<string> {
  const input = {
    kind: 'AUDIT',
    format: 'JSONL',
    from: new Date(T0 - 60_000).toISOString(),
    to: new Date(T0).toISOString(),
  };
  // A new person each time, because a person may have at most five.
  const identity = { sub: `sub-${Math.random()}`, username: 'a', groups: ['viewer'] };
  const { id } = await bed.api.data('Mutation.startExport', { input }, { identity });
  bed.dispatched.length = 0;
  return id;
}

async function jobOf(id: string): Promise<ExportJob> {
  return (await readJob(bed.context(), id))!;
}

async function fileOf(id: string): Promise<string> {
  const { object_key: Key } = await jobOf(id);
  const { Body } = await bed.s3.client.send(new GetObjectCommand({ Bucket: BUCKET, Key }));
  return Body!.transformToString();
}

/** After a failure: the lease expires, and the clean-up finds abandoned exports. */
async function goOn(options: RunOptions): Promise<void> {
  for (let round = 0; round < 4; round++) {
    bed.api.now += LEASE_MS;
    await bed.runAll(options);
    const exports = { dispatch: async (found: string) => void bed.dispatched.push(found) };
    const { resumed } = await resumeExports({
      ...bed.context(),

      scheduled_at: bed.api.now,
      exports,
    });
    if (resumed === 0) return;
  }
}

async function uploadIsGone({ object_key: Key, upload_id: UploadId }: ExportJob): Promise<void> {
  const part = new UploadPartCommand({ Bucket: BUCKET, Key, UploadId, PartNumber: 9, Body: 'x' });
  await expect(bed.s3.client.send(part)).rejects.toMatchObject({ name: 'NoSuchUpload' });
}

/** Clients whose calls fail together. */
function faultyClients() {
  const faults = makeFaults();
  return { client: faults.on(localClient({ maxAttempts: 1 })), s3: faults.on(bed.s3.makeClient()), faults };
}

describe.each<[string, number, Fault[]]>([
  ['in one run', 60_000, ['killed after', 'connection reset, landed', 'internal error']],
  ['in a run a page', 0, ['killed after', 'connection reset, landed']],
])('an export %s', (_, work_ms, kinds) => {
  const options = { part_bytes: PART_BYTES, work_ms, reader: wideReader() };

  it('is the same file if any call of the database or the bucket fails', async () => {
    const { client, s3, faults } = faultyClients();
    const clean = await start();
    faults.arm();
    bed.dispatched.push(clean);
    await bed.runAll({ ...options, client, s3 });
    const { length: calls } = faults.calls;
    expect(faults.calls.filter(call => call === 'UploadPartCommand')).toHaveLength(2);
    const expected = await fileOf(clean);
    const { bytes } = await jobOf(clean);
    expect(bytes).toBeGreaterThan(5400);

    const outcomes: unknown[] = [];
    for (const fault of kinds) {
      for (let at = 0; at < calls; at++) {
        const id = await start();
        faults.arm({ at, fault });
        bed.dispatched.push(id);
        await bed.runAll({ ...options, client, s3 }).catch(() => {});
        faults.arm();
        await goOn(options);
        const { status, rows, bytes: size } = await jobOf(id);
        const same = status === 'DONE' && (await fileOf(id)) === expected;
        outcomes.push({ fault, at, same, rows, size });
      }
    }
    const wrong = outcomes.filter(outcome => JSON.stringify(outcome).includes('"same":false'));
    expect(wrong).toEqual([]);
    expect(outcomes).toHaveLength(kinds.length * calls);
    expect(outcomes[0]).toMatchObject({ rows: 3, size: bytes });
  });
});

describe('an export', () => {
  const options = { part_bytes: PART_BYTES, work_ms: 60_000 };

  it('is written by one run if many start at the same time', async () => {
    const id = await start();
    const outcomes = await Promise.all(
      Array.from({ length: 4 }, () => bed.run(id, { ...options, reader: wideReader() })),
    );
    expect(outcomes.sort()).toEqual(['done', 'nothing to do', 'nothing to do', 'nothing to do']);
    expect(await bed.run(id, options)).toBe('nothing to do');
  });

  it('is not taken over before the lease of its run expires', async () => {
    const id = await start();
    const others: string[] = [];
    const reader = wideReader(async page => {
      bed.api.now += page === 2 ? LEASE_MS - 1001 : 500;
      others.push(await bed.run(id, { ...options, reader: wideReader() }));
    });
    expect(await bed.run(id, { ...options, work_ms: LEASE_MS, reader })).toBe('done');
    expect(others).toEqual(['nothing to do', 'nothing to do', 'nothing to do']);
  });

  it('continues if a call of itself was lost', async () => {
    const id = await start();
    const dispatch = () => Promise.reject(new Error('no answer'));
    const reader = wideReader();
    await expect(bed.run(id, { ...options, work_ms: 0, reader, dispatch })).rejects.toThrow('no answer');
    await goOn({ ...options, reader });
    expect(await jobOf(id)).toMatchObject({ status: 'DONE', rows: 3 });
  });

  it('is not touched by a run that outlived its lease', async () => {
    const id = await start();
    const held = Promise.withResolvers<void>();
    const late = bed.run(id, {
      ...options,
      reader: wideReader(page => (page === 1 ? held.promise : undefined)),
    });
    // Until it has the export.
    await expect.poll(async () => (await jobOf(id)).run_id).toBeDefined();
    bed.api.now += LEASE_MS;
    expect(await bed.run(id, { ...options, reader: wideReader() })).toBe('done');
    const file = await fileOf(id);
    held.resolve();
    expect(await late).toBe('stopped');
    expect(await fileOf(id)).toBe(file);
  });

  it('never becomes a file with a part of another run', async () => {
    const id = await start();
    const overwrite = async (page: number): Promise<void> => {
      if (page !== 2) return;
      const { object_key: Key, upload_id: UploadId } = await jobOf(id);
      const Body = Buffer.alloc(PART_BYTES, 'z');
      const part = { Bucket: BUCKET, Key, UploadId, PartNumber: 1, Body };
      await bed.s3.client.send(new UploadPartCommand(part));
    };
    const run = () => bed.run(id, { ...options, reader: wideReader(overwrite) });
    for (let attempt = 0; attempt < 6; attempt++) {
      await expect(run()).rejects.toMatchObject({ name: 'InvalidPart' });
      bed.api.now += 1;
    }
    expect(await run()).toBe('failed');
    const job = await jobOf(id);
    expect([job.status, job.upload_id]).toEqual(['FAILED', undefined]);
  });

  it('stops when it is cancelled, and its upload is aborted', async () => {
    const id = await start();
    let job: ExportJob | undefined;
    const cancel = async (page: number): Promise<void> => {
      if (page !== 2) return;
      job = await jobOf(id);
      await bed.api.data('Mutation.cancelExport', { id });
    };
    expect(await bed.run(id, { ...options, reader: wideReader(cancel) })).toBe('stopped');
    expect(await jobOf(id)).toMatchObject({ status: 'CANCELLED' });
    await uploadIsGone(job!);
    expect(await bed.runAll()).toEqual(['nothing to do']);
  });

  it('leaves no upload when it fails, even if another call fails', async () => {
    const failing = wideReader(page => {
      if (page === 2) throw new ValidationError('There is too much of it.');
    });
    const { client, s3, faults } = faultyClients();
    const clean = await start();
    faults.arm();
    expect(await bed.run(clean, { ...options, client, s3, reader: failing })).toBe('refused');
    const { length: calls } = faults.calls;
    // From the first part on.
    const first = faults.calls.indexOf('UploadPartCommand');
    expect(first).toBeGreaterThan(0);
    for (let at = first; at < calls; at++) {
      const id = await start();
      let job: ExportJob | undefined;
      const reader = wideReader(async page => {
        if (page !== 2) return;
        job ??= await jobOf(id);
        throw new ValidationError('There is too much of it.');
      });
      faults.arm({ at, fault: 'killed after' });
      await bed.run(id, { ...options, client, s3, reader }).catch(() => {});
      faults.arm();
      await goOn({ ...options, reader });
      const ended = await jobOf(id);
      expect([at, ended.status, ended.error, ended.upload_id]).toEqual([
        at,
        'FAILED',
        'There is too much of it.',
        undefined,
      ]);
      await uploadIsGone(job!);
    }
  });
});
