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
import type { Stage } from './stage.ts';

const GROUPS = [
  { name: 'admin', description: 'May do everything, deletions and resets included' },
  { name: 'operator', description: 'May change policies, edges and sites' },
  { name: 'viewer', description: 'May read' },
] as const;

export interface SignInProps {
  callback_urls: string[];
  stage: Stage;
}

/** The people: a user pool with e-mail sign-in that only an administrator adds to, its groups, and the dashboard's client. */
export class SignIn extends Construct {
  readonly pool: UserPool;
  readonly client: UserPoolClient;

  constructor(scope: Construct, id: string, { callback_urls, stage }: SignInProps) {
    super(scope, id);
    this.pool = new UserPool(this, 'People', {
      selfSignUpEnabled: false,
      signInAliases: { email: true },
      autoVerify: { email: true },
      passwordPolicy: { minLength: 12, tempPasswordValidity: Duration.days(3) },
      mfa: Mfa.OPTIONAL,
      mfaSecondFactor: { sms: false, otp: true },
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
      authFlows: { userPassword: true, userSrp: true },
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
      refreshTokenValidity: Duration.days(30),
    });
  }
}
