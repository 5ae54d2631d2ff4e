import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { acknowledgeCommand, readCommands } from '../../commands/command-store.ts';
import { NotFound, shortened } from '../../errors.ts';
import { repeatUntil } from '../../storage/retrying.ts';
import { type StoreContext, timestamp } from '../../storage/store-context.ts';
import { TTL_ATTRIBUTE } from '../../storage/tables.ts';
import { type Judgement, judgePath } from '../failover/judge-path.ts';
import { judgedLoss } from '../health/judged-loss.ts';
import type { PathMetrics } from '../health/path-metrics.ts';
import { readCurrentMetrics } from '../metrics/current-metrics.ts';
import { METRICS_MAX_AGE_MS } from '../metrics/metrics-age.ts';
import { PathEnds } from '../metrics/path-ends.ts';
import { writePathMetrics } from '../metrics/path-metrics-store.ts';
import { probeKey } from '../path-keys.ts';
import type { RoutingCaches } from '../routing-caches.ts';
import type { ProbeResult } from './probe-result.ts';

/** How long the result is kept. The request waits for it for some seconds. */
const RESULT_KEPT_SECONDS = 600;

export interface ProbeReport {
  edge_id: string;
  command_id: string;
  result: ProbeResult;
  /**
   * null: nothing was measured. Bandwidth is not probed, so the last known one stays. The loss is
   * judged with the loss known before. An edge answers as soon as it has measured, so the time of
   * measurement is now by the functions' clock.
   */
  metrics: Pick<PathMetrics, 'latency_ms' | 'jitter_ms'> | null;
}

/**
 * Stores an edge's answer to a probe, judges the path by it and passes it to the request that waits
 * for it. Returns the outcome of the judgement.
 *
 * @throws NotFound when the edge has no such order, or has answered it already
 */
export async function reportProbe(
  context: StoreContext,
  caches: RoutingCaches,
  { edge_id, command_id, result, metrics }: ProbeReport,
): Promise<Judgement> {
  const command = (await readCommands(context, edge_id)).find(({ id }) => id === command_id);
  if (command?.type !== 'PROBE') {
    throw new NotFound(
      `Edge ${shortened(edge_id)} has no probe ${shortened(command_id)} to answer: it was answered or has expired.`,
    );
  }
  const { path_id } = command.data;
  const judgement = metrics
    ? await storeAndJudge(context, caches, {
        path_id,
        edge_id,
        source: `probe ${command_id}`,
        metrics,
        result,
      })
    : {};
  await repeatUntil(context, () =>
    context.client.send(
      new PutCommand({
        TableName: context.tables.traffic,
        Item: {
          ...probeKey(path_id, command_id),
          ...result,
          [TTL_ATTRIBUTE]: Math.ceil(context.clock() / 1000) + RESULT_KEPT_SECONDS,
        },
      }),
    ),
  );
  await acknowledgeCommand(context, { edge_id, command_id });
  return judgement;
}

async function storeAndJudge(
  context: StoreContext,
  caches: RoutingCaches,
  {
    path_id,
    edge_id,
    source,
    metrics: probed,
    result,
  }: {
    path_id: string;
    edge_id: string;
    source: string;
    metrics: NonNullable<ProbeReport['metrics']>;
    result: ProbeResult;
  },
): Promise<Judgement> {
  // The edge may have moved to another site or out of service since it got the order.
  if (!(await new PathEnds().areAt(context, { path_id, edge_id }))) return {};
  const known = await readCurrentMetrics(context, path_id);
  const now = context.clock();
  const recent = known && now - Date.parse(known.measured_at) <= METRICS_MAX_AGE_MS ? known : undefined;
  const bandwidth_mbps = known?.bandwidth_mbps ?? 0;
  const packet_loss_pct = judgedLoss(result, recent?.packet_loss_pct);
  const measured_at = timestamp(now);
  const metrics = { ...probed, packet_loss_pct, bandwidth_mbps, measured_at };
  const kept = await repeatUntil(context, () => writePathMetrics(context, { path_id, metrics, source }));
  if (!kept) return {};
  await caches.metrics.insert(path_id, kept.metrics);
  return judgePath(context, caches, { path_id, ...kept, job: 'probe' });
}
