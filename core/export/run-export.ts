import { PatronusError } from '../errors.ts';
import { isBusy } from '../inventory/removal/run-operation.ts';
import type { StoreContext } from '../storage/store-context.ts';
import type { ExportDispatcher } from './export-dispatcher.ts';
import { ExportFile } from './export-file.ts';
import type { ExportFiles } from './export-files.ts';
import { type Checkpoint, EXPORT_STATUS, type ExportJob, NOTHING_WRITTEN } from './export-job.ts';
import type { ExportReader, Row } from './export-reader.ts';
import { EXPORT_TABLES } from './export-tables.ts';
import { fileHeaders } from './file-name.ts';
import { changeTaken, forgetUpload, readJob, takeJob } from './job-store.ts';

export interface ExportRunContext extends StoreContext {
  files: ExportFiles;
  dispatcher: ExportDispatcher;
  /** What an export reads through; `deadline` of the context is the end of all work. */
  reader(job: ExportJob): ExportReader;
  /** Then the run hands over to the next one: milliseconds since the epoch. */
  work_until: number;
  /** The run is surely gone by then: milliseconds since the epoch. */
  lease_until_ms: number;
  /** See {@link ExportFile}; tests make it S3's least. */
  part_bytes?: number;
}

/** `refused`: it asked for what can't be answered; `failed`: it was given up. Both make the export FAILED. */
export type RunOutcome = 'done' | 'refused' | 'failed' | 'handed over' | 'stopped' | 'nothing to do';

/** Runs that may end without a step forward; then the export has failed. */
const MAX_TRIES = 5;

const TELL_EVERY_MS = 1000;

/**
 * Writes an export, or as much of it as there is time for: from the last checkpoint on, to a file in parts. May be called any
 * number of times for the same export, at once too: one run holds it, the others have nothing to do.
 *
 * @throws what went wrong unplanned, after giving the export back: the caller's next attempt goes on from the checkpoint
 */
export async function runExport(context: ExportRunContext, export_id: string): Promise<RunOutcome> {
  const job = await takeJob(context, { export_id, lease_until_ms: context.lease_until_ms });
  if (!job) return 'nothing to do';
  if (job.status !== EXPORT_STATUS.running) return tidyUp(context, job);
  if (job.tries > MAX_TRIES) {
    const error = `It was given up after ${MAX_TRIES} attempts. Start it again later.`;
    return fail(context, job, { error, outcome: 'failed' });
  }
  try {
    return await write(context, job);
  } catch (cause) {
    if (cause instanceof NotMine) return tidyUp(context, job);
    if (cause instanceof PatronusError && !isBusy(cause)) {
      return fail(context, job, { error: cause.message, outcome: 'refused' });
    }
    await changeTaken(context, job, { lease_until_ms: 0 }).catch(() => {});
    throw cause;
  }
}

/** Somebody has cancelled the export, or has it now. */
class NotMine extends Error {}

async function write(context: ExportRunContext, job: ExportJob): Promise<RunOutcome> {
  const { files } = context;
  const { object_key: key, request } = job;
  if (!job.checkpoint.finished) {
    const file = await openFile(context, job);
    if ((await writeRows(context, job, file)) === 'handed over') return 'handed over';
    const { rows, bytes } = file;
    if (file.parts.length === 0) {
      // Too short for parts: whole at once, and so as often as need be.
      await files.put(key, file.pending, fileHeaders({ file_name: job.file_name, format: request.format }));
      return done(context, job, { rows, bytes });
    }
    await file.uploadPart();
    await save(context, job, checkpointed(file, { position: '', finished: true }));
  }
  const { parts, rows, bytes } = job.checkpoint;
  await files.completeUpload({ key, upload_id: job.upload_id!, parts, bytes });
  return done(context, job, { rows, bytes });
}

async function openFile(context: ExportRunContext, job: ExportJob): Promise<ExportFile<Row>> {
  const { files } = context;
  const { request, object_key, checkpoint, file_name } = job;
  const { format } = request;
  const columns = EXPORT_TABLES[request.kind].columns(request);
  const tail = checkpoint.tail_key === null ? undefined : await files.get(checkpoint.tail_key);
  const upload = async (): Promise<string> => {
    if (job.upload_id === undefined) {
      const upload_id = await files.beginUpload(object_key, fileHeaders({ file_name, format }));
      await save(context, job, { upload_id });
    }
    return job.upload_id!;
  };
  const options = { files, columns, format, object_key, upload, part_bytes: context.part_bytes };
  return new ExportFile<Row>(options, checkpoint, tail);
}

async function writeRows(
  context: ExportRunContext,
  job: ExportJob,
  file: ExportFile<Row>,
): Promise<'all' | 'handed over'> {
  const { clock, files, dispatcher, work_until } = context;
  const { request, checkpoint, export_id, run_id } = job;
  const pages = EXPORT_TABLES[request.kind].pages(context.reader(job), request, checkpoint.position);
  let told = clock();
  for await (const { rows, share, position } of pages) {
    file.add(rows);
    const full = file.hasPart;
    if (full) await file.uploadPart();
    if (position !== undefined && clock() >= work_until) {
      const tail = file.pending;
      const tail_key = tail.length === 0 ? null : `unfinished/${export_id}/${run_id}`;
      if (tail_key !== null) await files.put(tail_key, tail);
      await save(context, job, { ...checkpointed(file, { position, tail_key }), share, lease_until_ms: 0 });
      await dispatcher.dispatch(export_id);
      return 'handed over';
    }
    if (full && position !== undefined) {
      await save(context, job, { ...checkpointed(file, { position }), share });
    } else if (clock() - told >= TELL_EVERY_MS) {
      await save(context, job, { rows: file.rows, bytes: file.bytes, share });
    } else continue;
    told = clock();
  }
  return 'all';
}

function checkpointed(
  { rows, bytes, parts }: ExportFile<Row>,
  { position, tail_key = null, finished = false }: Pick<Checkpoint, 'position'> & Partial<Checkpoint>,
): Partial<ExportJob> {
  return { rows, bytes, tries: 0, checkpoint: { position, rows, bytes, parts, tail_key, finished } };
}

async function done(
  context: ExportRunContext,
  job: ExportJob,
  figures: { rows: number; bytes: number },
): Promise<RunOutcome> {
  await save(context, job, {
    ...figures,
    status: EXPORT_STATUS.done,
    share: 1,
    finished_ms: context.clock(),
    lease_until_ms: 0,
    checkpoint: NOTHING_WRITTEN,
  });
  return 'done';
}

/** @throws NotMine when the export is not this run's any more */
async function save(context: ExportRunContext, job: ExportJob, set: Partial<ExportJob>): Promise<void> {
  if (!(await changeTaken(context, job, set))) throw new NotMine();
  Object.assign(job, set);
}

async function fail(
  context: ExportRunContext,
  job: ExportJob,
  { error, outcome }: { error: string; outcome: 'refused' | 'failed' },
): Promise<RunOutcome> {
  const end = { status: EXPORT_STATUS.failed, error, finished_ms: context.clock() };
  if (!(await changeTaken(context, job, end))) return tidyUp(context, job);
  await takeUploadAway(context, job);
  return outcome;
}

/** What is left to do for an export that has ended, or was taken from this run. */
async function tidyUp(context: ExportRunContext, { export_id }: ExportJob): Promise<RunOutcome> {
  const now = await readJob(context, export_id);
  if (now && now.status !== EXPORT_STATUS.running) await takeUploadAway(context, now);
  return 'stopped';
}

async function takeUploadAway(context: ExportRunContext, job: ExportJob): Promise<void> {
  const { object_key: key, upload_id, status } = job;
  if (upload_id === undefined || status === EXPORT_STATUS.done) return;
  await context.files.abortUpload({ key, upload_id });
  await forgetUpload(context, job);
}
