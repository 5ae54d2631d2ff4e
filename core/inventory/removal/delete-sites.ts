import type { Caller } from '../../access/caller.ts';
import { type ErrorType, PatronusError } from '../../errors.ts';
import { atOnce } from '../../storage/at-once.ts';
import type { StoreContext } from '../../storage/store-context.ts';
import { parseInput } from '../model/parse-input.ts';
import { deleteSitesInput } from '../model/site-input.ts';
import { deleteSite } from './delete-site.ts';
import { HAND_OVER_MS } from './run-operation.ts';

/** How many sites of a batch are deleted concurrently. */
const AT_ONCE = 4;

export interface BatchDeletion {
  site_id: string;
  success: boolean;
  message: string;
  /** Audit entry of the deletion, or of its refusal. */
  audit_id: string;
  finished: boolean;
  error_type: ErrorType | null;
}

/** Records in the audit log that one site of a batch was refused. @returns the audit id */
export type OnRefused = (siteId: string, error: PatronusError) => Promise<string>;

/**
 * Deletes several sites, each by itself: a refused one doesn't stop the others. Results have the
 * order of the input.
 *
 * @param onRefused records a refusal and returns its audit id
 * @throws ValidationError when the list itself is not valid; then no site was deleted
 */
export async function deleteSites(
  context: StoreContext,
  actor: Caller,
  { input, onRefused }: { input: unknown; onRefused: OnRefused },
): Promise<BatchDeletion[]> {
  const { site_ids } = parseInput(deleteSitesInput, input);
  const until = context.clock() + HAND_OVER_MS;
  const results = new Map<string, BatchDeletion>();
  async function deleteOne(site_id: string): Promise<BatchDeletion> {
    try {
      const deletion = await deleteSite(context, actor, { site_id }, { until });
      return { site_id, success: true, ...deletion, error_type: null };
    } catch (cause) {
      if (!(cause instanceof PatronusError)) throw cause;
      const { message, errorType: error_type } = cause;
      const audit_id = await onRefused(site_id, cause);
      return { site_id, success: false, message, audit_id, finished: false, error_type };
    }
  }
  await atOnce(AT_ONCE, site_ids, async site_id => void results.set(site_id, await deleteOne(site_id)));
  return site_ids.map(site_id => results.get(site_id)!);
}
