import { z } from 'zod';
import { arn } from '../../aws/arn.ts';
import { AwsCallError, type AwsJsonApi, callAwsJson } from '../../aws/aws-json-call.ts';
import { ENCRYPTION, noEffect, TAGS } from '../no-effect.ts';
import { physicalName } from '../physical-name.ts';
import type { ResourceType } from '../resource-type.ts';

const keySchema = z.array(z.strictObject({ AttributeName: z.string(), KeyType: z.enum(['HASH', 'RANGE']) }));
const projection = z.strictObject({
  ProjectionType: z.enum(['ALL', 'KEYS_ONLY', 'INCLUDE']),
  NonKeyAttributes: z.array(z.string()).optional(),
});

export const tableSchema = z.strictObject({
  TableName: z.string().optional(),
  AttributeDefinitions: z.array(
    z.strictObject({ AttributeName: z.string(), AttributeType: z.enum(['S', 'N', 'B']) }),
  ),
  KeySchema: keySchema,
  BillingMode: z.literal('PAY_PER_REQUEST', 'only tables on demand: DynamoDB Local throttles nothing'),
  GlobalSecondaryIndexes: z
    .array(
      z.strictObject({
        IndexName: z.string(),
        KeySchema: keySchema,
        Projection: projection,
        ContributorInsightsSpecification: noEffect('there are no metrics of the cloud here'),
        OnDemandThroughput: noEffect('DynamoDB Local throttles nothing'),
      }),
    )
    .default([]),
  StreamSpecification: z
    .strictObject({
      StreamViewType: z.enum(['KEYS_ONLY', 'NEW_IMAGE', 'OLD_IMAGE', 'NEW_AND_OLD_IMAGES']),
    })
    .optional(),
  TimeToLiveSpecification: z.strictObject({ AttributeName: z.string(), Enabled: z.boolean() }).optional(),
  ContributorInsightsSpecification: noEffect('there are no metrics of the cloud here'),
  DeletionProtectionEnabled: noEffect('tables are not deleted here'),
  OnDemandThroughput: noEffect('DynamoDB Local throttles nothing'),
  PointInTimeRecoverySpecification: noEffect(
    'only the cloud has backups; here the data folder can be copied',
  ),
  SSESpecification: ENCRYPTION,
  Tags: TAGS,
});

export type TableProperties = z.output<typeof tableSchema>;

export const dynamodbTable: ResourceType<TableProperties> = {
  type: 'AWS::DynamoDB::Table',
  schema: tableSchema,
  async make({ resource, properties, host }) {
    const name = properties.TableName ?? physicalName(resource);
    const created = await createTable(host.engines.dynamodb, name, properties);
    return { attributes: { Ref: name, ...created }, value: undefined };
  },
};

interface TableDescription {
  TableStatus: string;
  KeySchema: unknown;
  LatestStreamArn?: string;
  GlobalSecondaryIndexes?: { IndexName: string; IndexStatus: string }[];
}

export interface CreatedTable {
  Arn: string;
  /** Only for a table with a change stream. */
  StreamArn?: string;
}

/**
 * Makes a table as described in the template. A table of an earlier run is completed.
 * @throws Error if a kept table has other keys than this release
 */
export async function createTable(
  endpoint: string,
  name: string,
  properties: TableProperties,
): Promise<CreatedTable> {
  const api: AwsJsonApi = { endpoint, target: 'DynamoDB_20120810', jsonVersion: '1.0' };
  const call = <Answer>(operation: string, input: object): Promise<Answer> =>
    callAwsJson(api, operation, { TableName: name, ...input });
  const { AttributeDefinitions, KeySchema, BillingMode, GlobalSecondaryIndexes } = properties;
  const StreamSpecification = properties.StreamSpecification && {
    StreamEnabled: true,
    ...properties.StreamSpecification,
  };

  async function describe(): Promise<TableDescription | undefined> {
    try {
      return (await call<{ Table: TableDescription }>('DescribeTable', {})).Table;
    } catch (cause) {
      if (cause instanceof AwsCallError && cause.name === 'ResourceNotFoundException') return undefined;
      throw cause;
    }
  }

  async function complete(found: TableDescription): Promise<void> {
    if (JSON.stringify(sorted(found.KeySchema)) !== JSON.stringify(sorted(KeySchema))) {
      throw new Error(
        `The kept table ${name} has other keys than this release: start with another --data folder.`,
      );
    }
    const indexes = new Set(found.GlobalSecondaryIndexes?.map(({ IndexName }) => IndexName));
    for (const index of GlobalSecondaryIndexes) {
      if (indexes.has(index.IndexName)) continue;
      await call('UpdateTable', { AttributeDefinitions, GlobalSecondaryIndexUpdates: [{ Create: index }] });
      await untilActive();
    }
    if (StreamSpecification && found.LatestStreamArn === undefined) {
      await call('UpdateTable', { StreamSpecification });
    }
  }

  async function untilActive(): Promise<TableDescription> {
    for (;;) {
      const table = await describe();
      const indexes = table?.GlobalSecondaryIndexes ?? [];
      if (table?.TableStatus === 'ACTIVE' && indexes.every(({ IndexStatus }) => IndexStatus === 'ACTIVE')) {
        return table;
      }
      await new Promise(resolve => setTimeout(resolve, 50));
    }
  }

  const found = await describe();
  if (found) await complete(found);
  else {
    await call('CreateTable', {
      AttributeDefinitions,
      KeySchema,
      BillingMode,
      ...(GlobalSecondaryIndexes.length > 0 && { GlobalSecondaryIndexes }),
      StreamSpecification,
    });
  }
  const { LatestStreamArn } = await untilActive();
  await enableExpiry();
  return { Arn: arn('dynamodb', `table/${name}`), ...(LatestStreamArn && { StreamArn: LatestStreamArn }) };

  async function enableExpiry(): Promise<void> {
    const { TimeToLiveSpecification } = properties;
    if (!TimeToLiveSpecification?.Enabled) return;
    const { TimeToLiveDescription } = await call<{ TimeToLiveDescription: { TimeToLiveStatus: string } }>(
      'DescribeTimeToLive',
      {},
    );
    if (TimeToLiveDescription.TimeToLiveStatus.startsWith('ENABL')) return;
    await call('UpdateTimeToLive', { TimeToLiveSpecification });
  }
}

function sorted(keySchema: unknown): unknown {
  return (keySchema as { AttributeName: string; KeyType: string }[])
    .map(({ AttributeName, KeyType }) => `${KeyType} ${AttributeName}`)
    .sort();
}
