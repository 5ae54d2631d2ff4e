import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { thumbprint } from '../../../../core/report/public-key.ts';
import { edgeTrust } from '../../../../scripts/aws/enrol/edge-trust.ts';
import { type EnrolOptions, enrolEdge } from '../../../../scripts/aws/enrol/enrol-edge.ts';
import {
  type AwsAnswers,
  awsError,
  deployedStacks,
  PROD_STACKS,
  recordedAws,
} from '../../../support/recorded-aws.ts';

const SITE = { id: '550e8400-e29b-41d4-a716-446655440000', name: 'Berlin' };
const ROLE = 'patronus-prod-edge-edge-1';
const ROLE_ARN = `arn:aws:iam::111122223333:role/${ROLE}`;
const TRUST = edgeTrust({ account: '111122223333', partition: 'aws' }, 'edge-1');
const [REPORTS, COMMANDS] = ['EdgeReports', 'EdgeCommands'].map(
  name => `arn:aws:iam::111122223333:policy/${name}`,
);

const { publicKey } = generateKeyPairSync('ed25519');
const x = publicKey.export({ format: 'jwk' }).x!;

let folder: string;
let key: string;
let kid: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'patronus-enrol-'));
  key = join(folder, 'edge.pem');
  await writeFile(key, publicKey.export({ type: 'spki', format: 'pem' }));
  kid = await thumbprint(x);
});
afterAll(() => rm(folder, { recursive: true }));

interface Given {
  edge_id?: string;
  options?: Partial<EnrolOptions>;
  iam?: AwsAnswers;
  edge?: unknown;
  sites?: object[];
  edge_roles?: string;
}

/** Enrols an edge with prepared answers of AWS: by default nothing of it exists. */
async function enrol({
  edge_id = 'edge-1',
  options = {},
  iam = {},
  edge = null,
  sites = [SITE],
  edge_roles,
}: Given = {}) {
  const made = recordedAws({
    GetRole: awsError('NoSuchEntityException'),
    CreateRole: { Role: { Arn: ROLE_ARN } },
    AttachRolePolicy: {},
    ...iam,
  });
  const asked: [string, unknown][] = [];
  let said = '';
  const code = await enrolEdge(
    { stage: 'prod', site: 'Berlin', interval: 60, key, token: 'token', ...options },
    edge_id,
    text => {
      said += text;
    },
    {
      cloudformation: recordedAws({
        DescribeStacks: deployedStacks(PROD_STACKS),
        ListStackResources: {
          StackResourceSummaries: [
            {
              ResourceType: 'AWS::Lambda::Function',
              LogicalResourceId: 'ApiFunction12',
              PhysicalResourceId: 'api',
            },
          ],
        },
      }),
      iam: made,
      lambda: recordedAws({
        GetFunctionConfiguration: {
          Environment: { Variables: edge_roles ? { EDGE_ROLES: edge_roles } : {} },
        },
      }),
      sts: recordedAws({ GetCallerIdentity: { Arn: 'arn:aws:iam::111122223333:user/ann' } }),
      graphql: (url, token) => ({
        async query(document, variables) {
          const operation = /(\w+)\(/.exec(document.slice(document.indexOf('{')))![1]!;
          asked.push([
            `${operation} ${url === PROD_STACKS['Patronus-prod-Api'].GraphqlUrl} ${token}`,
            variables,
          ]);
          if (operation === 'sites') return { sites: { items: sites } };
          if (operation === 'site') return { site: sites[0] ?? null };
          return operation === 'edge' ? { edge } : { registerEdge: { id: edge_id } };
        },
      }),
    },
  );
  return { code, said, iam: made.calls, asked };
}

const registered = () => ({
  registered: true,
  site_id: SITE.id,
  interval_s: 60,
  retired_at: null,
  keys: [{ kid, until: null }],
});

describe('an edge is enrolled', () => {
  it('with a role for itself only, the policies of edges, and its key', async () => {
    const { code, said, iam, asked } = await enrol();
    expect(code).toBe(0);
    expect(iam).toEqual([
      ['GetRole', { RoleName: ROLE }],
      [
        'CreateRole',
        {
          RoleName: ROLE,
          Description: 'Patronus: edge edge-1',
          AssumeRolePolicyDocument: JSON.stringify(TRUST),
          Tags: [
            { Key: 'project', Value: 'patronus' },
            { Key: 'edge', Value: 'edge-1' },
          ],
        },
      ],
      ['AttachRolePolicy', { RoleName: ROLE, PolicyArn: REPORTS }],
      ['AttachRolePolicy', { RoleName: ROLE, PolicyArn: COMMANDS }],
    ]);
    expect(asked).toEqual([
      ['sites true token', { name: 'Berlin' }],
      ['edge true token', { id: 'edge-1' }],
      [
        'registerEdge true token',
        {
          ...{ id: 'edge-1', site: SITE.id, interval: 60 },
          key: JSON.stringify({ kty: 'OKP', crv: 'Ed25519', x, kid, alg: 'Ed25519', use: 'sig' }),
        },
      ],
    ]);
    expect(said).toBe(`✓ done: role ${ROLE}
✓ done: policy EdgeReports on it
✓ done: policy EdgeCommands on it
✓ done: edge edge-1 at Berlin, a report each 60 s, with the key ${kid}

On the edge, /etc/patronus-edge.env:

  EDGE_ID=edge-1
  INTERVAL_S=60
  STREAM=reports
  GRAPHQL=https://api.appsync-api.eu-central-1.amazonaws.com/graphql
  AWS_REGION=eu-central-1

/etc/patronus-edge/aws:

  [default]
  role_arn = ${ROLE_ARN}
  role_session_name = edge-1
  # or source_profile: a profile that may assume the role
  credential_source = Ec2InstanceMetadata

Then: systemctl enable --now patronus-edge (docs/edges-in-the-cloud.md).
`);
  });

  it('from its spool on this machine, where it can be tried at once', async () => {
    const spool = join(folder, 'spool');
    const { said, asked } = await enrol({ options: { key: '', spool } });
    const made = JSON.parse((asked.at(-1)![1] as { key: string }).key);
    expect(made).toMatchObject({ kty: 'OKP', crv: 'Ed25519' });
    expect(
      said.slice(said.indexOf('To count')),
    ).toBe(`To count a capture as this edge from here, add to ~/.aws/config:

  [profile edge-1]
  role_arn = ${ROLE_ARN}
  role_session_name = edge-1
  source_profile = default
  region = eu-central-1

  npm run edge -- replay edge/sample/office.pcap --edge-id edge-1 --sign --spool ${spool} --stream reports --region eu-central-1 --profile edge-1 --graphql https://api.appsync-api.eu-central-1.amazonaws.com/graphql --wait
`);
  });

  it('again without a change if everything exists', async () => {
    const { said, iam, asked } = await enrol({
      edge: registered(),
      iam: {
        GetRole: {
          Role: {
            RoleName: ROLE,
            Arn: ROLE_ARN,
            AssumeRolePolicyDocument: encodeURIComponent(JSON.stringify(TRUST)),
          },
        },
        ListAttachedRolePolicies: { AttachedPolicies: [{ PolicyArn: REPORTS }, { PolicyArn: COMMANDS }] },
      },
    });
    expect(iam.map(([name]) => name)).toEqual(['GetRole', 'ListAttachedRolePolicies']);
    expect(asked.map(([operation]) => operation.split(' ')[0])).toEqual(['sites', 'edge']);
    expect(said.split('\n').slice(0, 4)).toEqual([
      `✓ already there: role ${ROLE}`,
      '✓ already there: policy EdgeReports on it',
      '✓ already there: policy EdgeCommands on it',
      `✓ already there: edge edge-1 at Berlin, a report each 60 s, with the key ${kid}`,
    ]);
  });

  it.each([
    ['is retired', { retired_at: '2026-01-31T12:00:00.000Z' }, false],
    ['is at another site', { site_id: '650e8400-e29b-41d4-a716-446655440000' }, false],
    ['reports at another interval', { interval_s: 30 }, false],
    ['has no key', { keys: [] }, true],
    ['has a key that was revoked', { keys: [{ kid: 'KID', until: '2026-01-31T12:00:00.000Z' }] }, true],
  ])('again if it %s', async (_, change, withKey) => {
    const edge = JSON.parse(
      JSON.stringify({ ...registered(), ...change }).replace('"KID"', JSON.stringify(kid)),
    );
    const { asked } = await enrol({ edge });
    const [operation, variables] = asked.at(-1)!;
    expect([operation, 'key' in (variables as object)]).toEqual(['registerEdge true token', withKey]);
  });

  it('with a certificate and the needed values of its profile', async () => {
    const trustAnchor = 'arn:aws:rolesanywhere:eu-central-1:111122223333:trust-anchor/1';
    const { iam, said } = await enrol({ options: { trustAnchor } });
    expect(iam[1]![1]).toMatchObject({
      AssumeRolePolicyDocument: JSON.stringify(edgeTrust({ trust_anchor: trustAnchor }, 'edge-1')),
    });
    expect(said).toContain(
      `--trust-anchor-arn ${trustAnchor} --profile-arn PROFILE_ARN --role-arn ${ROLE_ARN} --role-session-name edge-1`,
    );
  });

  it('with a shortened role for a long id, and by the id of its site', async () => {
    const { iam, asked } = await enrol({ edge_id: `edge-${'x'.repeat(59)}`, options: { site: SITE.id } });
    const { RoleName } = iam[0]![1] as { RoleName: string };
    expect([RoleName.length, RoleName.startsWith('patronus-prod-edge-edge-xxx')]).toEqual([64, true]);
    expect(asked[0]).toEqual(['site true token', { id: SITE.id }]);
  });
});

describe('an edge is not enrolled, and nothing is created', () => {
  const open = JSON.stringify({ Statement: [{ Effect: 'Allow', Principal: { AWS: '*' } }] });
  const there = { GetRole: { Role: { RoleName: ROLE, AssumeRolePolicyDocument: encodeURIComponent(open) } } };
  const chosen = `a statement allows any session name: give each one the condition "StringEquals": { "sts:RoleSessionName": "edge-1" }`;

  it.each<[string, () => Given, string]>([
    [
      'without a token',
      () => ({ options: { token: '' } }),
      'Only an operator can register edges: sign in with export PATRONUS_TOKEN=$(npm run -s aws -- sign-in EMAIL --stage prod), then repeat npm run aws -- enrol-edge edge-1.',
    ],
    [
      "under an id that can't be a session's name",
      () => ({ edge_id: 'edge 1' }),
      'The id of an edge is 2 to 64 letters, digits and characters of _+=,.@-, not edge 1.',
    ],
    [
      'without a key',
      () => ({ options: { key: '' } }),
      "The edge's key is missing: give --key FILE with the output of patronus-edge.mjs key --edge-id ID, --spool FOLDER for an edge on this machine, or --unsigned.",
    ],
    [
      "with a key file that isn't there",
      () => ({ options: { key: '/nowhere/key' } }),
      "/nowhere/key can't be read (ENOENT): check its name and permissions.",
    ],
    [
      'under a role that the stage does not accept for edges',
      () => ({ edge_roles: 'routers-*', options: { role: 'edge-1' } }),
      'This stage does not accept the role edge-1 for edges, because its setting edge_roles is routers-*: choose another name with --role, or deploy with -c edge_roles=….',
    ],
    [
      "at a site that isn't there",
      () => ({ sites: [{ ...SITE, name: 'Berlin 2' }] }),
      'No site is named Berlin. There are Berlin 2.',
    ],
    [
      'at one of two sites',
      () => ({ sites: [SITE, { ...SITE, id: '650e8400-e29b-41d4-a716-446655440000' }] }),
      `2 sites are named Berlin: give the id of one of them, ${SITE.id}, 650e8400-e29b-41d4-a716-446655440000.`,
    ],
    [
      'with a role that others can use in its name',
      () => ({ iam: there }),
      `The role ${ROLE} exists, but its trust policy does not fit edge edge-1: ${chosen}. Change it, or choose another role with --role.`,
    ],
  ])('%s', async (_, given, message) => {
    const { iam, ...rest } = given();
    const nothingIsMade = { CreateRole: new Error('made'), AttachRolePolicy: new Error('attached') };
    const attempt = enrol({ ...rest, iam: { ...iam, ...nothingIsMade } });
    await expect(attempt).rejects.toHaveProperty('message', message);
  });
});
