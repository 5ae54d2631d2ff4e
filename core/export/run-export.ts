import { PatronusError } from '../errors.ts';
import { isBusy } from '../storage/retrying.ts';
import type { StoreContext } from '../storage/store-context.ts';
import type { ExportDispatcher } from './export-dispatcher.ts';
import { ExportFile } from './export-file.ts';
import type { ExportFiles } from './export-files.ts';
import {
  type Checkpoint,
  EXPORT_STATUS,
  type ExportJob,
  type ExportProgress,
  NOTHING_WRITTEN,
} from './export-job.ts';
import type { ExportReader } from './export-reader.ts';
import { type ExportRow, exportTable } from './export-tables.ts';
import { fileHeaders } from './file-name.ts';
import { changeTaken, forgetUpload, readJob, takeJob } from './job-store.ts';

export interface ExportRunContext extends StoreContext {
  files: ExportFiles;
  dispatcher: ExportDispatcher;
  /** Called with the export that the run has claimed, such as to log its id. */
  onTaken?(job: ExportJob): void;
  /** The reader of an export's data. The context's `deadline` is the end of all work. */
  reader(job: ExportJob): ExportReader;
  /** When the run hands over to the next one, milliseconds since the epoch. */
  work_until: number;
  /** The run has certainly ended by then, milliseconds since the epoch. */
  lease_until_ms: number;
  /** See {@link ExportFile}. Tests use S3's minimum. */
  part_bytes?: number;
}

/**
 * The outcome of a run. `refused`: the request can't be answered; `failed`: there were too many
 * attempts. Both make the export FAILED.
 */
export type RunOutcome = 'done' | 'refused' | 'failed' | 'handed over' | 'stopped' | 'nothing to do';

/** Runs without progress after which the export has failed. */
const MAX_TRIES = 5;

/** How often progress is saved. */
const SAVE_EVERY_MS = 1000;

/**
 * Writes an export, or as much of it as there is time for, from the last checkpoint on, to a file
 * in parts. It may be called repeatedly and concurrently for the same export: one run has the
 * claim, and the others have nothing to do.
 *
 * @throws unplanned errors, after the claim was released: the next attempt continues from the
 * checkpoint
 */
export async function runExport(context: ExportRunContext, export_id: string): Promise<RunOutcome> {
  const job = await takeJob(context, { export_id, lease_until_ms: context.lease_until_ms });
  if (!job) return 'nothing to do';
  context.onTaken?.(job);
  if (job.status !== EXPORT_STATUS.running) return stop(context, job);
  if (job.tries > MAX_TRIES) {
    const error = `It failed after ${MAX_TRIES} attempts. Start it again later.`;
    return fail(context, job, { error, outcome: 'failed' });
  }
  try {
    return await write(context, job);
  } catch (cause) {
    if (cause instanceof NotMine) return stop(context, job);
    if (cause instanceof PatronusError && !isBusy(cause)) {
      return fail(context, job, { error: cause.message, outcome: 'refused' });
    }
    await changeTaken(context, job, { lease_until_ms: 0 }).catch(() => {});
    throw cause;
  }
}

/** The export was cancelled, or another run has the claim now. */
class NotMine extends Error {}

async function write(context: ExportRunContext, job: ExportJob): Promise<RunOutcome> {
  const { files } = context;
  if (job.checkpoint.finished) return complete(context, job, { ...job.checkpoint, upload_id: job.upload_id });
  const file = await openFile(context, job);
  if ((await writeRows(context, job, file)) === 'handed over') return 'handed over';
  if (file.parts.length === 0) {
    // Too short for parts: one put of the whole file, which may be repeated.
    const headers = fileHeaders({ file_name: job.file_name, format: job.request.format });
    await files.put(job.object_key, file.pending, headers);
    return done(context, job, file);
  }
  await file.uploadPart();
  await save(context, job, checkpointed(file, { position: '', finished: true }));
  return complete(context, job, file);
}

/** The fields from which a finished file is completed. */
type Parts = Pick<ExportFile<ExportRow>, 'rows' | 'bytes' | 'parts' | 'upload_id'>;

async function complete(
  context: ExportRunContext,
  job: ExportJob,
  { rows, bytes, parts, upload_id }: Parts,
): Promise<RunOutcome> {
  const upload = { key: job.object_key, upload_id: upload_id! };
  await context.files.completeUpload({ ...upload, parts, bytes });
  return done(context, job, { rows, bytes });
}

async function openFile(context: ExportRunContext, job: ExportJob): Promise<ExportFile<ExportRow>> {
  const { files, part_bytes } = context;
  const { request, object_key, checkpoint, file_name, upload_id } = job;
  const { format } = request;
  const columns = exportTable(request, job).columns(request);
  const tail = checkpoint.tail_key === null ? undefined : await files.get(checkpoint.tail_key);
  const beginUpload = async (): Promise<string> => {
    const begun = await files.beginUpload(object_key, fileHeaders({ file_name, format }));
    await save(context, job, { upload_id: begun });
    return begun;
  };
  return new ExportFile<ExportRow>(
    { files, columns, format, object_key, upload_id, beginUpload, part_bytes },
    checkpoint,
    tail,
  );
}

async function writeRows(
  context: ExportRunContext,
  job: ExportJob,
  file: ExportFile<ExportRow>,
): Promise<'all' | 'handed over'> {
  const { clock, files, dispatcher, work_until } = context;
  const { request, checkpoint, export_id, run_id } = job;
  const pages = exportTable(request, job).pages(context.reader(job), request, checkpoint.position);
  let saved = clock();
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
    } else if (clock() - saved >= SAVE_EVERY_MS) {
      await save(context, job, { rows: file.rows, bytes: file.bytes, share });
    } else continue;
    saved = clock();
  }
  return 'all';
}

function checkpointed(
  { rows, bytes, parts }: ExportFile<ExportRow>,
  { position, tail_key = null, finished = false }: Pick<Checkpoint, 'position'> & Partial<Checkpoint>,
): ExportProgress {
  return { rows, bytes, tries: 0, checkpoint: { position, rows, bytes, parts, tail_key, finished } };
}

async function done(
  context: ExportRunContext,
  job: ExportJob,
  { rows, bytes }: Pick<ExportJob, 'rows' | 'bytes'>,
): Promise<RunOutcome> {
  await save(context, job, {
    rows,
    bytes,
    status: EXPORT_STATUS.done,
    share: 1,
    finished_ms: context.clock(),
    lease_until_ms: 0,
    checkpoint: NOTHING_WRITTEN,
  });
  return 'done';
}

/** @throws NotMine when this run no longer has the claim */
async function save(context: ExportRunContext, job: ExportJob, set: ExportProgress): Promise<void> {
  if (!(await changeTaken(context, job, set))) throw new NotMine();
}

async function fail(
  context: ExportRunContext,
  job: ExportJob,
  { error, outcome }: { error: string; outcome: 'refused' | 'failed' },
): Promise<RunOutcome> {
  const end = { status: EXPORT_STATUS.failed, error, finished_ms: context.clock() };
  const failed = await changeTaken(context, job, end);
  await removeUpload(context, job);
  return failed ? outcome : 'stopped';
}

async function stop(context: ExportRunContext, job: ExportJob): Promise<RunOutcome> {
  await removeUpload(context, job);
  return 'stopped';
}

/** Removes the upload of an export that ended without a file. */
async function removeUpload(context: ExportRunContext, { export_id }: ExportJob): Promise<void> {
  const job = await readJob(context, export_id);
  if (!job || job.upload_id === undefined) return;
  if (job.status === EXPORT_STATUS.running || job.status === EXPORT_STATUS.done) return;
  await context.files.abortUpload({ key: job.object_key, upload_id: job.upload_id });
  await forgetUpload(context, job);
}
