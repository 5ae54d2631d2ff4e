import { sumRefusals } from '../../core/audit/sum-refusals.ts';
import { keepCacheSample } from '../../core/cache/upkeep/cache-samples.ts';
import { sweepCaches } from '../../core/cache/upkeep/sweep-caches.ts';
import { voidedBootAction } from '../../core/commands/new-boot.ts';
import { Throttled } from '../../core/errors.ts';
import { tidyGenerations } from '../../core/ingest/recovery/tidy-generations.ts';
import { withdrawSilentGauges } from '../../core/ingest/silent-gauges.ts';
import { listRegisteredEdges } from '../../core/inventory/edges/site-edges.ts';
import { finishDeletions } from '../../core/inventory/removal/finish-deletions.ts';
import { removeCutOffResets } from '../../core/ledger/figures/running-resets.ts';
import { finishVoids } from '../../core/ledger/voids/finish-voids.ts';
import type { OnVoided } from '../../core/ledger/voids/void-done.ts';
import { watchNetwork } from '../../core/watch/watch-network.ts';
import { CACHE_NAMES } from '../product-caches.ts';
import type { CleanupStep, StepContext } from './cleanup-step.ts';
import { compareTotals } from './compare-totals.ts';
import { resumeExports } from './resume-exports.ts';

/** All tasks of the clean-up, in order. A new task is added here. */
export const steps: readonly CleanupStep[] = [
  { name: 'gauges', run: async context => ({ ...(await withdrawSilentGauges(context)) }) },
  {
    name: 'caches',
    run: async context => {
      const { client, tables, clock, deadline } = context;
      const swept = await sweepCaches({ client, table: tables.cache, caches: CACHE_NAMES, clock, deadline });
      return { ...swept, sampled: await sampleCaches(context) };
    },
  },
  {
    name: 'deletions',
    run: async context => ({ ...(await finishDeletions(context, { until: context.deadline })) }),
  },
  {
    name: 'resets',
    run: async context => ({ ...(await removeCutOffResets(context, { until: context.deadline })) }),
  },
  { name: 'alarms', run: async context => ({ ...(await watchNetwork(context)) }) },
  { name: 'refusals', run: async context => ({ ...(await sumRefusals(context)) }) },
  {
    name: 'voids',
    run: async context => {
      const onVoided: OnVoided = boot => [voidedBootAction(context, boot)];
      return { ...(await finishVoids(context, { until: context.deadline, onVoided })) };
    },
  },
  { name: 'edges', run: async context => ({ ...(await listRegisteredEdges(context)) }) },
  { name: 'generations', run: async context => ({ ...(await tidyGenerations(context)) }) },
  { name: 'exports', run: resumeExports },
  { name: 'totals', run: compareTotals },
];

/**
 * Stores a sample of the caches. If the table is throttled, the sample is skipped and the next
 * interval is longer.
 * @returns whether it was stored
 */
async function sampleCaches(context: StepContext): Promise<boolean> {
  try {
    await keepCacheSample(context, CACHE_NAMES, context.scheduled_at);
    return true;
  } catch (cause) {
    if (cause instanceof Throttled) return false;
    throw cause;
  }
}
