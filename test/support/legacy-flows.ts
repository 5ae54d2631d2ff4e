import { BatchWriteCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { ArrivedReport } from '../../core/flows/batch-objects.ts';
import {
  encodeFlows,
  type FlowLogItem,
  flowBucket,
  flowLogPartition,
  legacyIdOf,
} from '../../core/flows/legacy/legacy-item.ts';

/** Puts flows into the Traffic table like the last release. */
export async function putLegacyFlows(
  { client, table, ttl_hours = 24 }: { client: DynamoDBDocumentClient; table: string; ttl_hours?: number },
  reports: readonly ArrivedReport[],
): Promise<void> {
  for (const { report, sent_at_ms, arrived_at_ms } of reports) {
    const { edge_id, site_id, interval_s, flows } = report;
    const Item: FlowLogItem = {
      pk: flowLogPartition(sent_at_ms, flowBucket(edge_id)),
      sk: `${new Date(sent_at_ms).toISOString()}#${legacyIdOf(report)}`,
      edge_id,
      site_id,
      interval_s,
      data: encodeFlows(flows),
      expires_at: Math.floor(arrived_at_ms / 1000) + ttl_hours * 3600,
    };
    await client.send(new BatchWriteCommand({ RequestItems: { [table]: [{ PutRequest: { Item } }] } }));
  }
}
