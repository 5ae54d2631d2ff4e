import { z } from 'zod';
import { uuidArgument } from '../../../core/answers/id-argument.ts';
import { readPath } from '../../../core/inventory/paths/read-paths.ts';
import { readPathLoss } from '../../../core/routing/metrics/read-path-loss.ts';
import { recentMetrics } from '../../../core/routing/metrics/recent-metrics.ts';
import { timestamp } from '../../../core/storage/store-context.ts';
import { COSTS } from '../costs.ts';
import { type Resolvers, resolver } from '../resolver.ts';

const WINDOW_RULE = 'window must be a whole number from 2 to 60.';

export const pathLossResolvers: Pick<Resolvers, 'Query.pathLoss'> = {
  'Query.pathLoss': resolver({
    arguments: z.object({
      path_id: uuidArgument,
      window: z
        .int(WINDOW_RULE)
        .min(2, WINDOW_RULE)
        .max(60, WINDOW_RULE)
        .nullish()
        .transform(minutes => minutes ?? 15),
    }),
    cost: () => COSTS.path_loss,
    async resolve({ path_id, window }, { context, caches }) {
      const path = await readPath(context, path_id);
      const [directions, probed] = await Promise.all([
        readPathLoss(context, { path, window_ms: window * 60_000 }),
        recentMetrics(context, caches.metrics, path_id),
      ]);
      return {
        path_id,
        probed_loss_pct: probed?.packet_loss_pct ?? null,
        directions: directions.map(({ from_site_id, to_site_id, loss }) => ({
          from_site_id,
          to_site_id,
          from: loss ? timestamp(loss.from_ms) : null,
          to: loss ? timestamp(loss.to_ms) : null,
          sent_packets: loss?.sent_packets ?? null,
          received_packets: loss?.received_packets ?? null,
          loss_pct: loss?.loss_pct ?? null,
          loss_pct_min: loss?.loss_pct_min ?? null,
          loss_pct_max: loss?.loss_pct_max ?? null,
        })),
      };
    },
  }),
};
