import { z } from 'zod';
import { arn } from '../../aws/arn.ts';
import { callCognito } from '../../aws/cognito-call.ts';
import { noEffect, TAGS } from '../no-effect.ts';
import { physicalName } from '../physical-name.ts';
import type { ResourceType } from '../resource-type.ts';

const MAIL = noEffect('no mail is sent from one machine');

const userPoolSchema = z.strictObject({
  UserPoolName: z.string().optional(),
  UsernameAttributes: z.array(z.string()).default([]),
  AutoVerifiedAttributes: z.array(z.string()).default([]),
  Schema: z.array(z.record(z.string(), z.unknown())).optional(),
  AccountRecoverySetting: MAIL,
  AdminCreateUserConfig: noEffect('the sign-ins are made at the start'),
  DeletionProtection: noEffect('the pool is not deleted here'),
  EmailConfiguration: MAIL,
  EmailVerificationMessage: MAIL,
  EmailVerificationSubject: MAIL,
  EnabledMfas: noEffect('codes of an authenticator app are the one second factor here'),
  MfaConfiguration: z.enum(['OFF', 'OPTIONAL', 'ON']).default('OFF'),
  Policies: noEffect('the passwords are given at the start'),
  SmsVerificationMessage: MAIL,
  UserAttributeUpdateSettings: MAIL,
  UserPoolAddOns: noEffect('only the cloud has threat protection'),
  UserPoolTags: TAGS,
  UserPoolTier: noEffect('there is no bill'),
  VerificationMessageTemplate: MAIL,
});

type PoolProperties = z.output<typeof userPoolSchema>;

export const cognitoUserPool: ResourceType<PoolProperties> = {
  type: 'AWS::Cognito::UserPool',
  schema: userPoolSchema,
  async make({ resource, properties, host: { engines } }) {
    const name = properties.UserPoolName ?? physicalName(resource);
    const id = await createPool(engines.cognito.endpoint, name, properties);
    await setSecondFactor(engines.cognito.endpoint, id, properties);
    const issuer = engines.cognito.issuer(id);
    const attributes = {
      Ref: id,
      Arn: arn('cognito-idp', `userpool/${id}`),
      UserPoolId: id,
      ProviderName: issuer.replace(/^https?:\/\//, ''),
      ProviderURL: issuer,
    };
    return { attributes, value: undefined };
  },
};

/** Makes a user pool, or reuses the one with that name from an earlier run. @returns its id */
async function createPool(endpoint: string, PoolName: string, properties: PoolProperties): Promise<string> {
  const { UsernameAttributes, AutoVerifiedAttributes, Schema } = properties;
  const { UserPools } = await callCognito<{ UserPools: { Id: string; Name: string }[] }>(
    endpoint,
    'ListUserPools',
    { MaxResults: 60 },
  );
  const found = UserPools.find(({ Name }) => Name === PoolName);
  if (found) return found.Id;
  const { UserPool } = await callCognito<{ UserPool: { Id: string } }>(endpoint, 'CreateUserPool', {
    PoolName,
    UsernameAttributes,
    AutoVerifiedAttributes,
    ...(Schema && { Schema }),
  });
  return UserPool.Id;
}

/**
 * cognito-local can't require the set-up of a factor at the first sign-in. If a factor is required,
 * only people who have set one up are asked for it here.
 */
async function setSecondFactor(
  endpoint: string,
  UserPoolId: string,
  { MfaConfiguration }: PoolProperties,
): Promise<void> {
  await callCognito(endpoint, 'SetUserPoolMfaConfig', {
    UserPoolId,
    MfaConfiguration: MfaConfiguration === 'OFF' ? 'OFF' : 'OPTIONAL',
    SoftwareTokenMfaConfiguration: { Enabled: MfaConfiguration !== 'OFF' },
  });
}
