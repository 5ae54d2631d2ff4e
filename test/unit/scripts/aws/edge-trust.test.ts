import { describe, expect, it } from 'vitest';
import { edgeTrust, trustProblem } from '../../../../scripts/aws/enrol/edge-trust.ts';

const allow = (more: object) =>
  JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', ...more }] });
const named = (name: unknown) => ({ Condition: { StringEquals: { 'sts:RoleSessionName': name } } });

describe('the trust policy of an edge', () => {
  it('fixes the session name for an account, a principal and a certificate', () => {
    expect(edgeTrust({ account: '111122223333', partition: 'aws-cn' }, 'edge-1').Statement).toEqual([
      {
        Effect: 'Allow',
        Principal: { AWS: 'arn:aws-cn:iam::111122223333:root' },
        Action: 'sts:AssumeRole',
        Condition: { StringEquals: { 'sts:RoleSessionName': 'edge-1' } },
      },
    ]);
    const principal = 'arn:aws:iam::111122223333:role/routers';
    expect(edgeTrust({ principal }, 'edge-1').Statement).toMatchObject([
      { Principal: { AWS: principal }, Condition: { StringEquals: { 'sts:RoleSessionName': 'edge-1' } } },
    ]);
    const trust_anchor = 'arn:aws:rolesanywhere:eu-central-1:111122223333:trust-anchor/1';
    expect(edgeTrust({ trust_anchor }, 'edge-1').Statement).toEqual([
      {
        Effect: 'Allow',
        Principal: { Service: 'rolesanywhere.amazonaws.com' },
        Action: ['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity'],
        Condition: {
          ArnEquals: { 'aws:SourceArn': trust_anchor },
          StringEquals: { 'sts:RoleSessionName': 'edge-1', 'aws:PrincipalTag/x509Subject/CN': 'edge-1' },
        },
      },
    ]);
  });

  const CHOSEN =
    'a statement allows any session name: give each one the condition "StringEquals": { "sts:RoleSessionName": "edge-1" }';

  it.each([
    ['its own', JSON.stringify(edgeTrust({ account: '1', partition: 'aws' }, 'edge-1')), undefined],
    ['the common name', allow(named(`\${aws:PrincipalTag/x509Subject/CN}`)), undefined],
    ['a name in a list', allow(named(['edge-1'])), undefined],
    [
      'a single statement that is not a list',
      JSON.stringify({ Statement: { Effect: 'Allow', ...named('edge-1') } }),
      undefined,
    ],
    ["another edge's name", allow(named('edge-2')), CHOSEN],
    ['two names', allow(named(['edge-1', 'edge-2'])), CHOSEN],
    ['no condition', allow({ Principal: { AWS: '*' } }), CHOSEN],
    ['a pattern', allow({ Condition: { StringLike: { 'sts:RoleSessionName': '*' } } }), CHOSEN],
    ['an instance for another id', allow({ Principal: { Service: 'ec2.amazonaws.com' } }), CHOSEN],
    [
      'only denials',
      JSON.stringify({ Statement: [{ Effect: 'Deny' }] }),
      'it has no statement with the effect Allow',
    ],
    ['null', 'null', 'it has no statement with the effect Allow'],
    ['a word', 'trust', 'it is not JSON'],
  ])('that has %s', (_, text, problem) => {
    expect(trustProblem(text, 'edge-1')).toBe(problem);
  });

  it('may be that of an instance, which cannot choose the name', () => {
    expect(
      trustProblem(allow({ Principal: { Service: 'ec2.amazonaws.com' } }), 'i-0123456789abcdef0'),
    ).toBeUndefined();
  });
});
