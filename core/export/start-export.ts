import { ulid } from 'ulid';
import type { Caller } from '../access/caller.ts';
import { auditAction } from '../audit/audit-action.ts';
import { Conflict } from '../errors.ts';
import { commitOnce } from '../storage/commit-once.ts';
import type { StoreContext } from '../storage/store-context.ts';
import type { ExportDispatcher } from './export-dispatcher.ts';
import { storedRequest } from './export-item.ts';
import { EXPORT_STATUS, type ExportJob, NOTHING_WRITTEN } from './export-job.ts';
import type { SettledRequest } from './export-request.ts';
import { exportFileName } from './file-name.ts';
import { putJob } from './job-store.ts';
import { addRunning, type RunningExports, readRunning } from './running-exports.ts';

const DAY_SECONDS = 86_400;

/** Exports of one owner that may run at the same time. Each may use a function for a long time. */
const MAX_RUNNING = 5;

export interface StartExport {
  actor: Caller;
  request: SettledRequest;
  /** How long the export and its file are kept, days. */
  retention_days: number;
  dispatcher: ExportDispatcher;
  /**
   * Set so that the request may be repeated; `given` is then the request before its range was
   * settled.
   */
  client_token?: string | null | undefined;
  given?: object;
}

/**
 * Stores an export together with its audit entry, and dispatches it to the function. A lost
 * dispatch is retried by the clean-up within minutes.
 *
 * @throws Conflict when five exports of the same owner are running already, also for concurrent
 * starts
 */
export async function startExport(
  context: StoreContext,
  { actor, request, retention_days, dispatcher, client_token, given = request }: StartExport,
): Promise<ExportJob> {
  const { clock, tables } = context;
  const repeatable = { owner: actor.sub, operation: 'startExport', client_token, given };
  const job = await commitOnce(context, repeatable, async begun => {
    const running = await readRunning(context, actor.sub);
    checkRunning(running);
    const now = clock();
    const entered = newJob({ actor, request, retention_days, now });
    const audit = auditAction(tables, begun, {
      actor,
      operation: 'startExport',
      target: `export:${entered.export_id}`,
      after: storedRequest(request),
    });
    return {
      actions: [putJob(context, entered), addRunning(context, running, entered), audit],
      result: entered,
    };
  });
  await dispatcher.dispatch(job.export_id).catch(() => {});
  return job;
}

function newJob({
  actor,
  request,
  retention_days,
  now,
}: Pick<StartExport, 'actor' | 'request' | 'retention_days'> & { now: number }): ExportJob {
  const export_id = ulid(now);
  const file_name = exportFileName(request);
  return {
    export_id,
    request,
    owner: actor,
    status: EXPORT_STATUS.running,
    file_name,
    named_columns: true,
    object_key: `exports/${export_id}/${file_name}`,
    started_ms: now,
    expires_at: Math.floor(now / 1000) + retention_days * DAY_SECONDS,
    share: 0,
    rows: 0,
    bytes: 0,
    lease_until_ms: 0,
    tries: 0,
    checkpoint: NOTHING_WRITTEN,
  };
}

function checkRunning({ ids }: RunningExports): void {
  if (ids.length < MAX_RUNNING) return;
  throw new Conflict(
    `You have ${MAX_RUNNING} running exports: wait until one is done, or cancel one with cancelExport.`,
  );
}
