import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { readSettings } from '../../../lib/settings.ts';
import { SignIn } from '../../../lib/sign-in.ts';

function templateWith(given: Record<string, unknown> = {}): Template {
  const stack = new Stack(new App(), 'People');
  new SignIn(
    stack,
    'SignIn',
    readSettings(name => given[name]),
  );
  return Template.fromStack(stack);
}

function clientWith(given: Record<string, unknown> = {}) {
  const [client] = Object.values(templateWith(given).findResources('AWS::Cognito::UserPoolClient'));
  return client!.Properties;
}

describe('sign-in in the cloud', () => {
  it('accepts no password: it uses SRP and a refresh token', () => {
    expect(clientWith().ExplicitAuthFlows).toEqual(['ALLOW_USER_SRP_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH']);
  });

  it('gives hosted pages a code and no token, for the addresses of the console only', () => {
    expect(clientWith({ callback_urls: 'https://net.example/' })).toMatchObject({
      AllowedOAuthFlows: ['code'],
      AllowedOAuthFlowsUserPoolClient: true,
      CallbackURLs: ['https://net.example/'],
      LogoutURLs: ['https://net.example/'],
    });
  });

  it('stores no secret in the client, where every browser could read it', () => {
    expect(clientWith().GenerateSecret).toBeUndefined();
  });

  it('ends tokens after an hour and sessions after a day, and revokes them at sign-out', () => {
    expect(clientWith()).toMatchObject({
      AccessTokenValidity: 60,
      IdTokenValidity: 60,
      RefreshTokenValidity: 24 * 60,
      TokenValidityUnits: { AccessToken: 'minutes', IdToken: 'minutes', RefreshToken: 'minutes' },
      EnableTokenRevocation: true,
    });
    expect(clientWith({ session_hours: 720 }).RefreshTokenValidity).toBe(720 * 60);
  });

  it('does not reveal whether someone has an account', () => {
    expect(clientWith().PreventUserExistenceErrors).toBe('ENABLED');
  });

  it('does not allow sign-up, and requires passwords of at least twelve characters', () => {
    templateWith().hasResourceProperties('AWS::Cognito::UserPool', {
      AdminCreateUserConfig: { AllowAdminCreateUserOnly: true },
      AccountRecoverySetting: { RecoveryMechanisms: [{ Name: 'verified_email', Priority: 1 }] },
      Policies: { PasswordPolicy: { MinimumLength: 12, TemporaryPasswordValidityDays: 3 } },
    });
  });

  it.each([
    ['off', { MfaConfiguration: 'OFF', EnabledMfas: Match.absent() }],
    ['optional', { MfaConfiguration: 'OPTIONAL', EnabledMfas: ['SOFTWARE_TOKEN_MFA'] }],
    ['required', { MfaConfiguration: 'ON', EnabledMfas: ['SOFTWARE_TOKEN_MFA'] }],
  ])('requires a second factor as the setting mfa says: %s', (mfa, expected) => {
    templateWith({ mfa }).hasResourceProperties('AWS::Cognito::UserPool', expected);
  });
});
