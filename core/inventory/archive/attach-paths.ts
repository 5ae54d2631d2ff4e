import { backoffMs } from '../../storage/backoff.ts';
import { ConditionFailed, outOfTime } from '../../storage/retrying.ts';
import { maxActions, type StoreContext } from '../../storage/store-context.ts';
import { writeChange } from '../../storage/write-change.ts';
import type { RunningOperation } from '../model/running-operation.ts';
import { endsAt } from '../model/site.ts';
import { type ArchiveChunk, chunkPaths, readChunk } from './archive-chunk.ts';
import { archiveExpiry } from './archive-head.ts';
import { planStep } from './attach-step.ts';
import { judgePaths, type SkippedPath, skippedPaths } from './path-fates.ts';

/**
 * A restore: of a site, in the life that it begins, or of an endpoint in the site's present life.
 */
export type Restore = Pick<RunningOperation, 'site_id' | 'operation_id' | 'life' | 'state' | 'endpoint_id'>;

export interface Attached {
  restored: number;
  skipped: SkippedPath[];
}

/**
 * Restores those paths of a chunk that end at the restored site and whose peer exists, in as many
 * transactions as needed. It never restores a path after the end of that life of the site.
 */
export async function attachPaths(
  context: StoreContext,
  restore: Restore,
  read: ArchiveChunk,
): Promise<Attached> {
  const { tables } = context;
  const { site_id, operation_id, endpoint_id } = restore;
  const restoring = endpoint_id === undefined ? undefined : { endpoint_id, operation_id };
  const noted = new Set<string>();
  let restored = 0;
  let chunk: ArchiveChunk | undefined = read;
  for (let failures = 0; chunk !== undefined; ) {
    const paths = chunkPaths(chunk);
    const concerned = paths.filter(path => endsAt(path, site_id));
    const { life, fates } = await judgePaths(context, site_id, concerned, restoring);
    if (life !== restore.life) return { restored, skipped: [] };
    const open = new Map([...fates].filter(([{ id }, fate]) => fate.restore || !noted.has(id)));
    const step = planStep(tables, {
      ...restore,
      shown: restore.state === 'ENDED',
      chunk,
      paths,
      fates: open,
      max_actions: maxActions(context),
      expires_at: archiveExpiry(context),
    });
    if (step.actions.length === 0) return { restored, skipped: skippedPaths(site_id, fates) };
    try {
      await writeChange(context, step.actions);
      restored += step.restored.length;
      for (const { id } of step.noted) noted.add(id);
    } catch (cause) {
      if (!(cause instanceof ConditionFailed)) throw cause;
      const wait = backoffMs(failures++, { random: context.random });
      if (context.clock() + wait >= context.deadline) throw outOfTime({ kind: 'condition', cause });
      await context.sleep(wait);
    }
    chunk = await readChunk(context, read);
  }
  return { restored, skipped: [] };
}
