import { z } from 'zod';
import type { Caller } from '../../access/caller.ts';
import { auditAction } from '../../audit/audit-action.ts';
import { asUnreachable } from '../../cache/upkeep/count-caches.ts';
import { readUsage } from '../../cache/upkeep/usage-reporter.ts';
import { NotFound } from '../../errors.ts';
import { atOnce } from '../../storage/at-once.ts';
import { beginOperation } from '../../storage/begun-operation.ts';
import type { StoreContext } from '../../storage/store-context.ts';
import { transact } from '../../storage/transact.ts';
import type { RoutingCaches } from '../routing-caches.ts';
import { cachedDecision } from './cached-decision.ts';

/** Decisions that are loaded at the same time. */
const CONCURRENT = 8;

const keySchema = z.tuple([z.string(), z.string(), z.string()]);

/**
 * Loads the decisions that were asked for last, and their metrics, into the shared level, so that
 * the next requests find them there. Keys of removed sites and policies are skipped. It ends at the
 * deadline.
 *
 * @returns how many decisions were loaded, of how many hot keys
 * @throws Throttled when the shared level can't be reached
 */
export async function warmDecisions(
  context: StoreContext,
  caches: RoutingCaches,
  actor: Caller,
): Promise<{ warmed: number; wanted: number; audit_id: string }> {
  const begun = beginOperation(context);
  const { name } = caches.routing;
  const usage = await readUsage({ client: context.client, table: context.tables.cache }, [name]).catch(
    asUnreachable,
  );
  const hot = usage.get(name)!.hot_keys;
  let warmed = 0;
  await atOnce(CONCURRENT, hot, async text => {
    if (context.clock() >= context.deadline) return;
    if (await warm(context, caches, text)) warmed += 1;
  });
  const audit = auditAction(context.tables, begun, {
    actor,
    operation: 'warmCaches',
    target: 'cache',
    after: { decisions: warmed },
  });
  await transact(context.client, [audit], context);
  return { warmed, wanted: hot.length, audit_id: begun.audit_id };
}

async function warm(context: StoreContext, caches: RoutingCaches, text: string): Promise<boolean> {
  const key = keySchema.safeParse(parsed(text));
  if (!key.success) return false;
  const [policy_id, source_site_id, destination_site_id] = key.data;
  try {
    await cachedDecision(context, caches, { policy_id, source_site_id, destination_site_id });
    return true;
  } catch (cause) {
    if (cause instanceof NotFound) return false;
    throw cause;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
