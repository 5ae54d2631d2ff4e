import { z } from 'zod';
import { arn } from '../../aws/arn.ts';
import { policyDocumentSchema, type Statement } from '../../rights/statement.ts';
import { noEffect, TAGS } from '../no-effect.ts';
import { physicalName } from '../physical-name.ts';
import type { ResourceType } from '../resource-type.ts';
import { cognitoUserPool } from './cognito-user-pool.ts';
import { dynamodbTable } from './dynamodb-table.ts';
import { kinesisStream } from './kinesis-stream.ts';
import { s3Bucket } from './s3-bucket.ts';

const roleSchema = z.strictObject({
  AssumeRolePolicyDocument: noEffect('the services of roles are fixed here'),
  Policies: z
    .array(z.strictObject({ PolicyName: z.string(), PolicyDocument: policyDocumentSchema }))
    .default([]),
  /** Their text is not known here, so functions must not have any. */
  ManagedPolicyArns: z.array(z.string()).default([]),
  Description: noEffect('for people'),
  RoleName: noEffect('roles are found by their logical id'),
  Tags: TAGS,
});

interface Role {
  /** Statements of the role's inline policies. */
  statements: Statement[];
  managed: string[];
}

/** Types that policies refer to and that get their names when they are made. */
export const NAMED_BY_POLICIES = [dynamodbTable, kinesisStream, s3Bucket, cognitoUserPool];

export const iamRole: ResourceType<z.output<typeof roleSchema>, Role> = {
  type: 'AWS::IAM::Role',
  schema: roleSchema,
  after: NAMED_BY_POLICIES,
  attributes(resource) {
    const name = physicalName(resource);
    return { Ref: name, Arn: arn('iam', `role/${name}`, { global: true }) };
  },
  make: ({ properties: { Policies, ManagedPolicyArns } }) => ({
    value: {
      statements: Policies.flatMap(({ PolicyDocument }) => PolicyDocument),
      managed: ManagedPolicyArns,
    },
  }),
};
