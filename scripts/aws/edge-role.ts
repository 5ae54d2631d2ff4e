/** A trust policy of IAM: who may begin a role's session. */
export interface TrustPolicy {
  Version: '2012-10-17';
  Statement: object[];
}

/**
 * Trusts everyone of the caller's account whom IAM lets assume roles, and fixes the session's name, by which an edge is known.
 *
 * @param caller any ARN of the account
 */
export function trustOfAccount(caller: string, session: string): TrustPolicy {
  const [, partition = 'aws', , , account = ''] = caller.split(':');
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { AWS: `arn:${partition}:iam::${account}:root` },
        Action: 'sts:AssumeRole',
        Condition: { StringEquals: { 'sts:RoleSessionName': session } },
      },
    ],
  };
}
