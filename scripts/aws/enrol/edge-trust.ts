/** A trust policy of IAM: it says which principals may assume a role. */
export interface TrustPolicy {
  Version: '2012-10-17';
  Statement: object[];
}

/** The principals that may assume an edge's role. */
export type TrustChoice =
  /** All principals of an account that IAM allows to assume roles. */
  | { account: string; partition: string }
  /** A role or user. */
  | { principal: string }
  /** Holders of a certificate of this trust anchor (IAM Roles Anywhere). */
  | { trust_anchor: string };

/**
 * A trust policy that fixes the session's name. The system identifies an edge by that name, so a
 * principal that could choose it could act as any edge.
 */
export function edgeTrust(choice: TrustChoice, session: string): TrustPolicy {
  return { Version: '2012-10-17', Statement: [statementOf(choice, session)] };
}

function statementOf(choice: TrustChoice, session: string): object {
  const named = { 'sts:RoleSessionName': session };
  if ('trust_anchor' in choice) {
    return {
      Effect: 'Allow',
      Principal: { Service: 'rolesanywhere.amazonaws.com' },
      Action: ['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity'],
      Condition: {
        ArnEquals: { 'aws:SourceArn': choice.trust_anchor },
        StringEquals: { ...named, 'aws:PrincipalTag/x509Subject/CN': session },
      },
    };
  }
  const AWS =
    'principal' in choice ? choice.principal : `arn:${choice.partition}:iam::${choice.account}:root`;
  return {
    Effect: 'Allow',
    Principal: { AWS },
    Action: 'sts:AssumeRole',
    Condition: { StringEquals: named },
  };
}

interface Statement {
  Effect?: unknown;
  Principal?: { Service?: unknown };
  Condition?: { StringEquals?: Record<string, unknown> };
}

/**
 * Requires the session's name to be the certificate's common name, in a role that all edges share.
 */
const COMMON_NAME = `\${aws:PrincipalTag/x509Subject/CN}`;

/**
 * The problem of a trust policy that a person wrote for an edge; undefined: none.
 *
 * @param text JSON
 */
export function trustProblem(text: string, session: string): string | undefined {
  let policy: { Statement?: unknown };
  try {
    policy = JSON.parse(text) as typeof policy;
  } catch {
    return 'it is not JSON';
  }
  const statements = [policy?.Statement].flat().filter(each => each != null) as Statement[];
  const allowing = statements.filter(({ Effect }) => Effect === 'Allow');
  if (allowing.length === 0) return 'it has no statement with the effect Allow';
  if (allowing.every(statement => fixesSession(statement, session))) return undefined;
  return `a statement allows any session name: give each one the condition "StringEquals": { "sts:RoleSessionName": "${session}" }`;
}

function fixesSession({ Principal, Condition }: Statement, session: string): boolean {
  // The session of an EC2 instance always has the instance's id as its name.
  if (Principal?.Service === 'ec2.amazonaws.com') return session.startsWith('i-');
  const names = [Condition?.StringEquals?.['sts:RoleSessionName']].flat();
  return names.length === 1 && (names[0] === session || names[0] === COMMON_NAME);
}
