import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { acknowledgeCommand, readCommands } from '../../commands/command-store.ts';
import { NotFound, shortened } from '../../errors.ts';
import { repeatUntil } from '../../storage/retrying.ts';
import type { StoreContext } from '../../storage/store-context.ts';
import { TTL_ATTRIBUTE } from '../../storage/tables.ts';
import { type Judgement, judgePath } from '../failover/judge-path.ts';
import { measuredByNow, type PathMetrics } from '../health/path-metrics.ts';
import { readPathMetrics, writePathMetrics } from '../metrics/path-metrics-store.ts';
import { probeKey } from '../path-keys.ts';
import type { RoutingCaches } from '../routing-caches.ts';
import type { ProbeResult } from './probe-result.ts';

/** A request waits for the result for seconds only. */
const RESULT_KEPT_SECONDS = 600;

export interface ProbeReport {
  edge_id: string;
  command_id: string;
  result: ProbeResult;
  /** null: nothing was measured. Bandwidth is not probed: the last known stays. */
  metrics: Omit<PathMetrics, 'bandwidth_mbps'> | null;
}

/**
 * Passes an edge's answer to a probe to the metrics, to the judge of failovers and to the request
 * that waits for it. Returns what the judge did.
 *
 * @throws NotFound when the edge has no such order to probe, or has answered already
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
  const judgement = metrics ? await take(context, caches, { path_id, metrics }) : {};
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

async function take(
  context: StoreContext,
  caches: RoutingCaches,
  { path_id, metrics: probed }: { path_id: string; metrics: NonNullable<ProbeReport['metrics']> },
): Promise<Judgement> {
  const known = await readPathMetrics(context, path_id);
  const bandwidth_mbps = known?.bandwidth_mbps ?? 0;
  const metrics = measuredByNow({ ...probed, bandwidth_mbps }, context.clock());
  const kept = await repeatUntil(context, () => writePathMetrics(context, { path_id, metrics }));
  if (!kept) return {};
  await caches.metrics.insert(path_id, metrics);
  return judgePath(context, caches, { path_id, metrics, previous: kept.previous, job: 'probe' });
}
