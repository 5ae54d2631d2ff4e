import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { repeatUntil } from '../../storage/retrying.ts';
import type { StoreContext } from '../../storage/store-context.ts';
import { queryAll } from '../../storage/strong-reads.ts';
import { TTL_ATTRIBUTE } from '../../storage/tables.ts';
import { archivePartition, CHUNK_PREFIX } from '../model/inventory-keys.ts';
import type { RunningOperation } from '../model/running-operation.ts';
import type { ArchiveChunk } from './archive-chunk.ts';
import { archiveExpiry } from './archive-head.ts';

/** Paths that a deletion has put in the archive so far, whoever ran it. */
export async function countArchived(
  context: StoreContext,
  { site_id, operation_id }: RunningOperation,
): Promise<number> {
  const chunks = await queryAll(context, {
    pk: archivePartition(site_id),
    prefix: `${CHUNK_PREFIX}${operation_id}#`,
    project: ['count'],
  });
  return chunks.reduce((sum, chunk) => sum + (chunk.count as number), 0);
}

/** Keeps what earlier deletions of the site have left in its archive as long as what this one puts there. */
export async function keepLeftovers(
  context: StoreContext,
  { site_id, operation_id }: RunningOperation,
): Promise<void> {
  const chunks = await queryAll(context, {
    pk: archivePartition(site_id),
    prefix: CHUNK_PREFIX,
    project: ['pk', 'sk', 'operation_id'],
  });
  const earlier = chunks.filter(chunk => chunk.operation_id !== operation_id) as unknown as ArchiveChunk[];
  for (const { pk, sk } of earlier) {
    const command = new UpdateCommand({
      TableName: context.tables.network,
      Key: { pk, sk },
      UpdateExpression: 'SET #expires = :expires',
      ConditionExpression: 'attribute_exists(pk)',
      ExpressionAttributeNames: { '#expires': TTL_ATTRIBUTE },
      ExpressionAttributeValues: { ':expires': archiveExpiry(context) },
    });
    await repeatUntil(context, () => context.client.send(command));
  }
}
