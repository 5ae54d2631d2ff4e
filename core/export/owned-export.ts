import type { Caller } from '../access/caller.ts';
import { NotFound, quoted, Unauthorized } from '../errors.ts';
import type { StoreContext } from '../storage/store-context.ts';
import type { ExportJob } from './export-job.ts';
import { readJob } from './job-store.ts';

/** An export, for its owner and for administrators. @throws NotFound · Unauthorized */
export async function readOwnedExport(
  context: StoreContext,
  { caller, export_id }: { caller: Caller; export_id: string },
): Promise<ExportJob> {
  const job = await readJob(context, export_id);
  if (!job) {
    throw new NotFound(
      `There is no export ${quoted(export_id)}, or it has expired: the query exports lists those that exist.`,
    );
  }
  if (job.owner.sub === caller.sub || caller.groups.includes('admin')) return job;
  throw new Unauthorized(
    `Export ${export_id} belongs to another user: only its owner and group admin may use it.`,
  );
}
