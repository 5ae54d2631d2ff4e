import { z } from 'zod';
import { ENCRYPTION, noEffect, TAGS } from './no-effect.ts';

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
  DeletionProtectionEnabled: noEffect('nobody deletes tables here'),
  OnDemandThroughput: noEffect('DynamoDB Local throttles nothing'),
  PointInTimeRecoverySpecification: noEffect('backups are the cloud’s; here the data folder can be copied'),
  SSESpecification: ENCRYPTION,
  Tags: TAGS,
});

export type TableProperties = z.output<typeof tableSchema>;
