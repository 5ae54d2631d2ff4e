import { z } from 'zod';
import { uuidArgument } from '../../../core/answers/id-argument.ts';
import { seriesRange } from '../../../core/history/series/series-step.ts';
import { readPath } from '../../../core/inventory/paths/read-paths.ts';
import { healthStatus } from '../../../core/routing/health/health-score.ts';
import { type PathInterval, readPathHistory } from '../../../core/routing/metrics/path-history.ts';
import { timestamp } from '../../../core/storage/store-context.ts';
import type { PathStatus } from '../../../graphql/schema.generated.ts';
import { COSTS } from '../costs.ts';
import { type Resolvers, resolver } from '../resolver.ts';
import { timeArgument } from '../time-argument.ts';
import { pointsArgument } from './traffic-series.ts';

export const pathHistoryResolvers: Pick<Resolvers, 'Query.pathHistory'> = {
  'Query.pathHistory': resolver({
    arguments: z.object({
      path_id: uuidArgument,
      from: timeArgument,
      to: timeArgument,
      points: pointsArgument,
    }),
    cost: () => COSTS.path_history,
    async resolve({ path_id, ...asked }, { context, retention }) {
      const kept = { now: context.clock(), retention };
      const path = await readPath(context, path_id);
      const range = seriesRange({ ...asked, ...kept });
      const intervals = await readPathHistory(context, { path, range, ...kept });
      const column = <T>(of: (interval: PathInterval) => T | undefined) =>
        intervals.map(interval => of(interval) ?? null);
      return {
        path_id: path.id,
        from: timestamp(range.from),
        to: timestamp(range.to),
        resolution: range.resolution,
        step_s: range.step / 1000,
        at: intervals.map(({ at }) => timestamp(at)),
        latency_ms: column(({ measured }) => measured?.latency_ms),
        jitter_ms: column(({ measured }) => measured?.jitter_ms),
        packet_loss_pct: column(({ measured }) => measured?.packet_loss_pct),
        bandwidth_mbps: column(({ measured }) => measured?.bandwidth_mbps),
        score: column(({ score }) => score),
        status: column(({ score }) =>
          score === undefined ? undefined : (healthStatus(score).toUpperCase() as PathStatus),
        ),
        tx_bits_per_second: column(each => each.tx_bits_per_second),
        rx_bits_per_second: column(each => each.rx_bits_per_second),
        passive_loss_pct: column(each => each.passive_loss_pct),
        gaps: intervals.map(({ gap }) => gap),
      };
    },
  }),
};
