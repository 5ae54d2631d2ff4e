import { z } from 'zod';
import { callCognito } from '../../aws/cognito-call.ts';
import type { ResourceType } from '../resource-type.ts';
import { cognitoUserPoolClient } from './cognito-user-pool-client.ts';

const poolGroupSchema = z.strictObject({
  UserPoolId: z.string(),
  GroupName: z.string(),
  Precedence: z.int().optional(),
  Description: z.string().optional(),
});

type GroupProperties = z.output<typeof poolGroupSchema>;

export const cognitoUserPoolGroup: ResourceType<GroupProperties> = {
  type: 'AWS::Cognito::UserPoolGroup',
  schema: poolGroupSchema,
  // cognito-local keeps everything of a pool in one file: one change at a time.
  after: [cognitoUserPoolClient],
  async make({ properties, host: { engines } }) {
    await createGroup(engines.cognito.endpoint, properties);
    return { attributes: { Ref: properties.GroupName }, value: undefined };
  },
};

async function createGroup(endpoint: string, properties: GroupProperties): Promise<void> {
  // Created only if missing, because cognito-local would replace an existing group and lose its
  // members.
  const { UserPoolId, GroupName } = properties;
  const { Groups } = await callCognito<{ Groups: { GroupName: string }[] }>(endpoint, 'ListGroups', {
    UserPoolId,
  });
  if (Groups.some(group => group.GroupName === GroupName)) return;
  await callCognito(endpoint, 'CreateGroup', properties);
}
