import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import { z } from 'zod';
import type { ItemKey } from '../storage/item.ts';
import type { FlowStateStore } from './flow-log-state.ts';
import type { HourSlice } from './hour-slices.ts';

/**
 * The partition of the Traffic table with the leases of slices. It is separate from the partition
 * that every reader of the log reads.
 */
const FLOW_SLICES_PARTITION = 'FLOW_SLICES';

const leaseItem = z.object({ hour: z.number(), slice: z.number(), until_ms: z.number() });

export function sliceLeaseKey({ hour, slice }: HourSlice): ItemKey {
  return { pk: FLOW_SLICES_PARTITION, sk: `LEASE#${new Date(hour).toISOString()}#${slice}` };
}

/** The slices that are being merged, read with strong consistency. */
export async function leasedSlices(
  { client, table }: FlowStateStore,
  { now }: { now: number },
): Promise<HourSlice[]> {
  const leased: HourSlice[] = [];
  let ExclusiveStartKey: Record<string, unknown> | undefined;
  do {
    const page = await client.send(
      new QueryCommand({
        TableName: table,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': FLOW_SLICES_PARTITION },
        ConsistentRead: true,
        ...(ExclusiveStartKey && { ExclusiveStartKey }),
      }),
    );
    for (const item of page.Items ?? []) {
      const { until_ms, ...slice } = leaseItem.parse(item);
      if (until_ms > now) leased.push(slice);
    }
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey);
  return leased;
}
