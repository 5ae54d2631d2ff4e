import { createHash } from 'node:crypto';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { IAMClient } from '@aws-sdk/client-iam';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { EDGE_ID_RULE, isEdgeId, isEdgeRole } from '../../../core/access/edge-identity.ts';
import { tokenOf } from '../../../core/appsync/authorizer.ts';
import type { GraphqlClient } from '../../../core/appsync/graphql-client.ts';
import { PatronusError } from '../../../core/errors.ts';
import { type PublicKey, readPublicKey } from '../../../core/report/public-key.ts';
import { userPath } from '../../../edge/cli/option-values.ts';
import { EdgeError } from '../../../edge/edge-error.ts';
import { openEdgeKey } from '../../../edge/spool/edge-key.ts';
import { systemClient } from '../../../edge/system/system-client.ts';
import { readStage } from '../../../lib/stage.ts';
import { givenFile } from '../ask-person.ts';
import { type AwsOptions, clientConfig, stageOption } from '../aws-options.ts';
import { accountOf } from '../caller.ts';
import { deployedEnvironment } from '../deployed-function.ts';
import { findStage } from '../find-stage.ts';
import { ensureEdgeRole } from './edge-role.ts';
import { edgeTrust, type TrustChoice, trustProblem } from './edge-trust.ts';
import { enrolledText } from './enrolled-text.ts';
import { ensureRegistered, findSite } from './register-edge.ts';

export interface EnrolOptions extends AwsOptions {
  /** Name or id. */
  site: string;
  /** Seconds between two reports. */
  interval: number;
  /** A file with the edge's public key, as a JWK or in PEM. */
  key?: string;
  /** The spool of an edge on this machine, whose key is read, or made. */
  spool?: string;
  /** Its reports are not signed. */
  unsigned?: boolean;
  /** Name of the role. */
  role?: string;
  /** Who may begin its sessions: an ARN, … */
  principal?: string;
  /** … the certificates of a trust anchor (ARN), … */
  trustAnchor?: string;
  /** … or as a file with a trust policy says. */
  trust?: string;
  /** GraphQL address, where it isn't the one of the stack. */
  graphql?: string;
  /** An operator's access token; an administrator's for an edge that has another key. */
  token?: string;
}

/** The parts of AWS that it asks. */
export interface EnrolAws {
  cloudformation: Pick<CloudFormationClient, 'send'>;
  iam: Pick<IAMClient, 'send'>;
  lambda: Pick<LambdaClient, 'send'>;
  sts: Pick<STSClient, 'send'>;
  graphql(url: string, token: string): GraphqlClient;
}

/**
 * Gives an edge all that it needs in the cloud: a role of its own with the policies of edges, and
 * its registration with its public key. What is there already stays, so it may be repeated.
 */
export async function enrolEdge(
  options: EnrolOptions,
  edge_id: string,
  write: (text: string) => void,
  aws: EnrolAws = realAws(options),
): Promise<number> {
  if (!isEdgeId(edge_id)) throw new EdgeError(`The id of an edge is ${EDGE_ID_RULE}, not ${edge_id}.`);
  // What is missing is said before anything is made.
  const token = tokenIn(options, edge_id);
  const key = await readKey(options);
  const stage = await findStage(aws.cloudformation, options);
  const role = options.role ?? roleName(options, edge_id);
  await checkRoleName(aws, stage.stackId('Api'), role);
  const graphqlUrl = options.graphql ?? stage.output('Api', 'GraphqlUrl');
  const graphql = aws.graphql(graphqlUrl, token);
  const site = await findSite(graphql, options.site);
  const trust = await trustFor(options, edge_id, aws.sts);

  const onStep = ({ state, what }: { state: 'done' | 'there'; what: string }) =>
    write(state === 'done' ? `✓ done: ${what}\n` : `✓ already there: ${what}\n`);
  const policies = [
    { name: 'EdgeReports', arn: stage.output('Ingest', 'EdgePolicyArn') },
    { name: 'EdgeCommands', arn: stage.output('Api', 'EdgeCommandsPolicyArn') },
  ];
  const role_arn = await ensureEdgeRole(aws.iam, { edge_id, role, trust, policies }, onStep);
  await ensureRegistered(graphql, { edge_id, site, interval_s: options.interval, key }, onStep);
  write(
    enrolledText({
      edge_id,
      role_arn,
      interval_s: options.interval,
      stream: stage.output('Ingest', 'StreamName'),
      graphql: graphqlUrl,
      region: stage.output('Api', 'Region'),
      trust_anchor: options.trustAnchor,
      signed: key !== undefined,
      spool: options.spool,
    }),
  );
  return 0;
}

function realAws(options: EnrolOptions): EnrolAws {
  const config = clientConfig(options);
  return {
    cloudformation: new CloudFormationClient(config),
    iam: new IAMClient(config),
    lambda: new LambdaClient(config),
    sts: new STSClient(config),
    graphql: (url, token) => systemClient({ url, authorizer: tokenOf(async () => token) }),
  };
}

function tokenIn(options: EnrolOptions, edge_id: string): string {
  if (options.token) return options.token;
  const stage = stageOption(options);
  throw new EdgeError(
    `An operator registers edges: sign in with export PATRONUS_TOKEN=$(npm run -s aws -- sign-in EMAIL${stage}), then repeat npm run aws -- enrol-edge ${edge_id}.`,
  );
}

async function readKey({ key, spool, unsigned }: EnrolOptions): Promise<PublicKey | undefined> {
  if (unsigned) return undefined;
  if (spool) return openEdgeKey(userPath(spool));
  if (!key) {
    throw new EdgeError(
      'Which key does the edge sign with? Give --key FILE with what the edge program prints (patronus-edge.mjs key --edge-id ID), --spool FOLDER for an edge on this machine, or --unsigned.',
    );
  }
  const text = await givenFile(key);
  try {
    return await readPublicKey(text);
  } catch (cause) {
    if (cause instanceof PatronusError) throw new EdgeError(`${key}: ${cause.message}`, { cause });
    throw cause;
  }
}

/** Names of roles have 64 characters at most, and the letters of an edge's id. */
const ROLE_NAME_MAX = 64;

function roleName(options: AwsOptions, edge_id: string): string {
  const name = `${readStage(options.stage).id}-edge-${edge_id}`;
  if (name.length <= ROLE_NAME_MAX) return name;
  const hash = createHash('sha256').update(edge_id).digest('hex').slice(0, 8);
  return `${name.slice(0, ROLE_NAME_MAX - hash.length - 1)}-${hash}`;
}

/** The API takes sessions of roles for edges by the roles' names. */
async function checkRoleName(aws: EnrolAws, stack: string, role: string): Promise<void> {
  const { EDGE_ROLES } = await deployedEnvironment(aws, { stack, function: 'ApiFunction' });
  const edge_roles = EDGE_ROLES?.split(',') ?? ['*edge*'];
  if (isEdgeRole(role, edge_roles)) return;
  throw new EdgeError(
    `Sessions of a role ${role} are no edges for this stage, whose setting edge_roles is ${edge_roles.join(',')}: choose another name with --role, or deploy with -c edge_roles=….`,
  );
}

async function trustFor(options: EnrolOptions, edge_id: string, sts: EnrolAws['sts']): Promise<string> {
  const { trust } = options;
  if (trust !== undefined) {
    const text = await givenFile(trust);
    const problem = trustProblem(text, edge_id);
    if (problem === undefined) return text;
    throw new EdgeError(`${trust} is no trust policy for edge ${edge_id}: ${problem}.`);
  }
  return JSON.stringify(edgeTrust(await trustChoice(options, sts), edge_id));
}

async function trustChoice(
  { trustAnchor, principal }: EnrolOptions,
  sts: EnrolAws['sts'],
): Promise<TrustChoice> {
  if (trustAnchor !== undefined) return { trust_anchor: trustAnchor };
  if (principal !== undefined) return { principal };
  const { Arn = '' } = await sts.send(new GetCallerIdentityCommand({}));
  return accountOf(Arn);
}
