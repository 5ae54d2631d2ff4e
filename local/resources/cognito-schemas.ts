import { z } from 'zod';
import { noEffect, TAGS } from './no-effect.ts';

const MAIL = noEffect('no mail is sent from one machine');

export const userPoolSchema = z.strictObject({
  UserPoolName: z.string().optional(),
  UsernameAttributes: z.array(z.string()).default([]),
  AutoVerifiedAttributes: z.array(z.string()).default([]),
  Schema: z.array(z.record(z.string(), z.unknown())).optional(),
  AccountRecoverySetting: MAIL,
  AdminCreateUserConfig: noEffect('the sign-ins are made at the start'),
  DeletionProtection: noEffect('nobody deletes the pool here'),
  EmailConfiguration: MAIL,
  EmailVerificationMessage: MAIL,
  EmailVerificationSubject: MAIL,
  EnabledMfas: noEffect('the local sign-ins have no second factor'),
  MfaConfiguration: noEffect('the local sign-ins have no second factor'),
  Policies: noEffect('the passwords are given at the start'),
  SmsVerificationMessage: MAIL,
  UserAttributeUpdateSettings: MAIL,
  UserPoolAddOns: noEffect('threat protection is the cloud’s'),
  UserPoolTags: TAGS,
  UserPoolTier: noEffect('there is no bill'),
  VerificationMessageTemplate: MAIL,
});

export const poolClientSchema = z.strictObject({
  UserPoolId: z.string(),
  ClientName: z.string().optional(),
  GenerateSecret: z.literal(false, 'the dashboard’s client can keep no secret').default(false),
  ExplicitAuthFlows: z.array(z.string()).default([]),
  AllowedOAuthFlows: z.array(z.string()).default([]),
  AllowedOAuthFlowsUserPoolClient: z.boolean().optional(),
  AllowedOAuthScopes: z.array(z.string()).default([]),
  CallbackURLs: z.array(z.string()).default([]),
  LogoutURLs: z.array(z.string()).default([]),
  SupportedIdentityProviders: z.array(z.literal('COGNITO')).default([]),
  AccessTokenValidity: z.number().optional(),
  IdTokenValidity: z.number().optional(),
  RefreshTokenValidity: z.number().optional(),
  TokenValidityUnits: z.record(z.string(), z.string()).optional(),
  AuthSessionValidity: noEffect('sign-in takes one step here'),
  EnableTokenRevocation: noEffect('cognito-local revokes refresh tokens anyway'),
  PreventUserExistenceErrors: noEffect('the sign-ins are printed at the start'),
});

export type PoolClientProperties = z.output<typeof poolClientSchema>;

export const poolGroupSchema = z.strictObject({
  UserPoolId: z.string(),
  GroupName: z.string(),
  Precedence: z.int().optional(),
  Description: z.string().optional(),
});

export type PoolGroupProperties = z.output<typeof poolGroupSchema>;
