import type { Caller } from '../access/caller.ts';
import { auditAction } from '../audit/audit-action.ts';
import { Conflict } from '../errors.ts';
import { beginOperation } from '../storage/begun-operation.ts';
import { type StoreContext, timestamp } from '../storage/store-context.ts';
import { transact } from '../storage/transact.ts';
import { EXPORT_STATUS, type ExportJob } from './export-job.ts';
import { readOwnedExport } from './owned-export.ts';

/** How long a link opens the file. It needs no sign-in. */
const LINK_SECONDS = 900;

/** Signs links to the files of exports. A link is a secret and must not be logged. */
export interface LinkSigner {
  sign(link: { key: string; signed_at_ms: number; seconds: number }): Promise<string>;
}

export interface ExportLink {
  url: string;
  expires_ms: number;
  audit_id: string;
  job: ExportJob;
}

/**
 * Returns a link to the file of an export that is done. Before that, an audit entry is written with
 * the caller and the time until which the link is valid. The link itself is not stored.
 *
 * @throws NotFound · Unauthorized · Conflict when there is no file (yet)
 */
export async function linkExport(
  context: StoreContext,
  { actor, export_id, signer }: { actor: Caller; export_id: string; signer: LinkSigner },
): Promise<ExportLink> {
  const { client, tables, clock } = context;
  const begun = beginOperation(context);
  const job = await readOwnedExport(context, { caller: actor, export_id });
  if (job.status !== EXPORT_STATUS.done) {
    throw new Conflict(
      job.status === EXPORT_STATUS.running
        ? `Export ${export_id} is still running: ask again when its status is DONE.`
        : `Export ${export_id} has no file: its status is ${job.status}. Start it again.`,
    );
  }
  const now = clock();
  // Signatures have whole seconds.
  const signed_at_ms = Math.floor(now / 1000) * 1000;
  const expires_ms = signed_at_ms + LINK_SECONDS * 1000;
  const audit = auditAction(tables, begun, {
    actor,
    operation: 'exportLink',
    target: `export:${export_id}`,
    after: {
      file_name: job.file_name,
      rows: job.rows,
      bytes: job.bytes,
      link_expires_at: timestamp(expires_ms),
    },
  });
  await transact(client, [audit], context);
  const url = await signer.sign({ key: job.object_key, signed_at_ms, seconds: LINK_SECONDS });
  return { url, expires_ms, audit_id: begun.audit_id, job };
}
