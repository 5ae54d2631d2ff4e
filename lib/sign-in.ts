import { Aws, Duration, Fn, RemovalPolicy } from 'aws-cdk-lib';
import {
  AccountRecovery,
  CfnUserPoolGroup,
  Mfa,
  OAuthScope,
  UserPool,
  type UserPoolClient,
} from 'aws-cdk-lib/aws-cognito';
import { Construct } from 'constructs';
import type { Settings } from './settings.ts';

const GROUPS = [
  { name: 'admin', description: 'Can do everything, including deletions and resets' },
  { name: 'operator', description: 'Can change policies, edges and sites' },
  { name: 'viewer', description: 'Can read' },
] as const;

const MFA = { off: Mfa.OFF, optional: Mfa.OPTIONAL, required: Mfa.REQUIRED } as const;

export type SignInProps = Pick<Settings, 'callback_urls' | 'mfa' | 'session_hours' | 'stage'>;

/**
 * The sign-in of people: a user pool with sign-in by e-mail address, to which only administrators
 * add people, its groups, and the dashboard's client. The client never sends passwords: it signs in
 * with SRP, or by the code grant of the hosted pages, which requires PKCE for public clients.
 */
export class SignIn extends Construct {
  readonly pool: UserPool;
  readonly client: UserPoolClient;
  /** The group with the most permissions first. */
  readonly groups = GROUPS.map(({ name }) => name);

  constructor(scope: Construct, id: string, { callback_urls, mfa, session_hours, stage }: SignInProps) {
    super(scope, id);
    this.pool = new UserPool(this, 'People', {
      selfSignUpEnabled: false,
      signInAliases: { email: true },
      autoVerify: { email: true },
      passwordPolicy: { minLength: 12, tempPasswordValidity: Duration.days(3) },
      mfa: MFA[mfa],
      ...(mfa !== 'off' && { mfaSecondFactor: { sms: false, otp: true } }),
      accountRecovery: AccountRecovery.EMAIL_ONLY,
      deletionProtection: stage.keepsData,
      removalPolicy: stage.keepsData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });
    GROUPS.forEach(({ name, description }, precedence) => {
      new CfnUserPoolGroup(this, name, {
        userPoolId: this.pool.userPoolId,
        groupName: name,
        description,
        precedence,
      });
    });
    this.pool.addDomain('Domain', {
      cognitoDomain: { domainPrefix: Fn.join('-', [stage.id, Aws.ACCOUNT_ID, Aws.REGION]) },
    });
    this.client = this.pool.addClient('Dashboard', {
      authFlows: { userSrp: true },
      oAuth: {
        flows: { authorizationCodeGrant: true },
        scopes: [OAuthScope.OPENID, OAuthScope.EMAIL, OAuthScope.PROFILE],
        callbackUrls: callback_urls,
        logoutUrls: callback_urls,
      },
      preventUserExistenceErrors: true,
      enableTokenRevocation: true,
      accessTokenValidity: Duration.hours(1),
      idTokenValidity: Duration.hours(1),
      // One client for all people: administrators could not be bound to a client of their own.
      refreshTokenValidity: Duration.hours(session_hours),
    });
  }
}
