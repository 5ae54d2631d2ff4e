import type { Caller } from '../../access/caller.ts';
import { forgetDecisions } from '../../cache/forget-decisions.ts';
import { Conflict, NotFound } from '../../errors.ts';
import { commitChange } from '../../storage/commit-change.ts';
import type { StoreContext } from '../../storage/store-context.ts';
import { getItem } from '../../storage/strong-reads.ts';
import { count } from '../model/count-words.ts';
import { runningKey } from '../model/inventory-keys.ts';
import { parseInput } from '../model/parse-input.ts';
import { OPERATION_KIND, type RunningOperation } from '../model/running-operation.ts';
import { SITE_STATUS } from '../model/site.ts';
import { siteIdInput } from '../model/site-input.ts';
import { updateSiteItem } from '../model/site-writes.ts';
import { beingChanged, readActiveSite } from '../sites/active-site.ts';
import { enterOperation, newOperation } from './enter-operation.ts';
import { HAND_OVER_MS, handOver, isBusy } from './hand-over.ts';
import { type DeletionRun, runDeletion } from './run-deletion.ts';

export interface SiteDeletion {
  /** For a person: how many paths and endpoints went, or that it goes on. */
  message: string;
  audit_id: string;
  /** false: the worker function goes on with it; the site is no longer shown and nothing attaches to it. */
  finished: boolean;
}

export interface DeleteOptions {
  /** When to hand over to the worker: milliseconds since the epoch. Default: 20 s from now. */
  until?: number;
}

/**
 * Deletes a site with its endpoints and paths, on both sides, into the archive.
 *
 * @throws ValidationError · NotFound · Conflict when the site is just being deleted or restored
 */
export async function deleteSite(
  context: StoreContext,
  actor: Caller,
  input: unknown,
  { until = context.clock() + HAND_OVER_MS }: DeleteOptions = {},
): Promise<SiteDeletion> {
  const { site_id } = parseInput(siteIdInput, input);
  const { operation, name } = await claim(context, actor, site_id);
  const run = await runOrHandOver(context, operation, until);
  return { message: message(name, site_id, run), audit_id: operation.audit_id, finished: run.finished };
}

interface Claim {
  operation: RunningOperation;
  name: string;
}

async function claim(context: StoreContext, actor: Caller, siteId: string): Promise<Claim> {
  const { tables } = context;
  const began = context.clock();
  return commitChange(context, async () => {
    const site = await readActiveSite(context, siteId).catch(async cause => {
      throw cause instanceof NotFound ? await notFoundOrLost(context, siteId, { cause, began }) : cause;
    });
    if (site.removing_endpoint !== undefined) {
      throw new Conflict(
        `Endpoint ${site.removing_endpoint} of site ${siteId} is being removed. Try again in a moment.`,
      );
    }
    const operation = newOperation(context, {
      kind: OPERATION_KIND.deleteSite,
      site_id: siteId,
      life: site.life,
      actor,
      endpoints: 0,
      seq: site.seq + 1,
    });
    const set = { status: SITE_STATUS.deleting, operation_id: operation.operation_id };
    return {
      actions: [
        updateSiteItem(tables, { site, set, event: true }),
        enterOperation(tables, operation),
        forgetDecisions(tables),
      ],
      result: { operation, name: site.name },
    };
  });
}

// Who asked while somebody else's deletion was under way has lost against it: that is a conflict, though the site is gone.
async function notFoundOrLost(
  context: StoreContext,
  siteId: string,
  { cause, began }: { cause: NotFound; began: number },
): Promise<NotFound | Conflict> {
  const entry = (await getItem(context, runningKey(siteId))) as RunningOperation | undefined;
  const lost = entry?.kind === OPERATION_KIND.deleteSite && (entry.ended_ms ?? began) >= began;
  return lost ? beingChanged({ id: siteId, status: SITE_STATUS.deleting }) : cause;
}

async function runOrHandOver(
  context: StoreContext,
  operation: RunningOperation,
  until: number,
): Promise<DeletionRun> {
  const run = await runDeletion(context, operation, { until, resumed: false }).catch(cause => {
    if (!isBusy(cause)) throw cause;
    return { finished: false, operation, paths: operation.done_paths } as const;
  });
  if (!run.finished) await handOver(context, run.operation, run.paths);
  return run;
}

function message(name: string, siteId: string, run: DeletionRun): string {
  if (!run.finished) {
    return `Site ${name} (${siteId}) is being deleted and no longer shown; ${run.paths} of its paths are gone so far, and it goes on in the background.`;
  }
  const undo = run.restorable_until ? ` restoreSite can bring it back until ${run.restorable_until}.` : '';
  return `Site ${name} (${siteId}) was deleted with ${count(run.endpoints, 'endpoint')} and ${count(run.paths, 'path')}.${undo}`;
}
