import {
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  UpdateContinuousBackupsCommand,
  UpdateTableCommand,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { TTL_ATTRIBUTE } from '../../core/storage/tables.ts';
import { EdgeError } from '../../edge/edge-error.ts';

export interface AdoptOptions {
  /** Whether the table's changes are streamed: the Network table's are. */
  stream: boolean;
  /** Whether it has point-in-time recovery: all but the Cache table. */
  recovery: boolean;
}

export interface AdoptedTable {
  name: string;
  /** The ARN of its stream; undefined if it has none. */
  stream_arn: string | undefined;
  /** False: the engine (the local one) has no recovery. */
  recovery: boolean;
}

/**
 * Configures what a restored table lacks: the TTL, the stream, point-in-time recovery. Existing
 * settings are kept, so it can be repeated.
 *
 * @throws EdgeError if the table doesn't exist, isn't one of Patronus, or is not ready yet
 */
export async function adoptTable(
  client: DynamoDBDocumentClient,
  name: string,
  { stream, recovery }: AdoptOptions,
): Promise<AdoptedTable> {
  let table = await describe(client, name);
  const keys = table.KeySchema?.map(({ AttributeName }) => AttributeName).join();
  if (keys !== 'pk,sk')
    throw new EdgeError(`${name} has the keys ${keys}, not pk and sk: it is not a table of Patronus.`);
  if (table.TableStatus !== 'ACTIVE') {
    throw new EdgeError(`${name} is ${table.TableStatus}: run this again when the restore has ended.`);
  }
  if (stream && !table.StreamSpecification?.StreamEnabled) {
    const StreamSpecification = { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' } as const;
    await client.send(new UpdateTableCommand({ TableName: name, StreamSpecification }));
    table = await describe(client, name);
  }
  const { TimeToLiveDescription } = await client.send(new DescribeTimeToLiveCommand({ TableName: name }));
  if (!TimeToLiveDescription?.TimeToLiveStatus?.startsWith('ENABL')) {
    const TimeToLiveSpecification = { AttributeName: TTL_ATTRIBUTE, Enabled: true };
    await client.send(new UpdateTimeToLiveCommand({ TableName: name, TimeToLiveSpecification }));
  }
  return {
    name,
    stream_arn: stream ? table.LatestStreamArn : undefined,
    recovery: recovery && (await enableRecovery(client, name)),
  };
}

async function describe(client: DynamoDBDocumentClient, TableName: string) {
  try {
    const { Table } = await client.send(new DescribeTableCommand({ TableName }));
    return Table!;
  } catch (cause) {
    if ((cause as Error).name !== 'ResourceNotFoundException') throw cause;
    throw new EdgeError(`There is no table ${TableName}: check the name, the region and the profile.`, {
      cause,
    });
  }
}

async function enableRecovery(client: DynamoDBDocumentClient, TableName: string): Promise<boolean> {
  const PointInTimeRecoverySpecification = { PointInTimeRecoveryEnabled: true };
  try {
    await client.send(new UpdateContinuousBackupsCommand({ TableName, PointInTimeRecoverySpecification }));
    return true;
  } catch (cause) {
    if ((cause as Error).name === 'UnknownOperationException') return false;
    throw cause;
  }
}
