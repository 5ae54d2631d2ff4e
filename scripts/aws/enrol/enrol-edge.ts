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
  /** The site, by name or id. */
  site: string;
  /** Seconds between two reports. */
  interval: number;
  /** A file with the edge's public key, as a JWK or in PEM. */
  key?: string;
  /** The spool of an edge on this machine; its key is read, or created. */
  spool?: string;
  /** Registers it without a key: its reports are not signed. */
  unsigned?: boolean;
  /** Name of the role. */
  role?: string;
  /** The principals that may assume it: an ARN, … */
  principal?: string;
  /** … certificates of a trust anchor (ARN), … */
  trustAnchor?: string;
  /** … or a file with a trust policy. */
  trust?: string;
  /** GraphQL address, if it isn't the stack's. */
  graphql?: string;
  /** An operator's access token; an administrator's if the edge has another key. */
  token?: string;
}

/** The AWS clients that it uses. */
export interface EnrolAws {
  cloudformation: Pick<CloudFormationClient, 'send'>;
  iam: Pick<IAMClient, 'send'>;
  lambda: Pick<LambdaClient, 'send'>;
  sts: Pick<STSClient, 'send'>;
  graphql(url: string, token: string): GraphqlClient;
}

/**
 * Sets an edge up in the cloud: creates its role with the policies of edges, and registers it with
 * its public key. Existing parts are kept, so it can be repeated.
 */
export async function enrolEdge(
  options: EnrolOptions,
  edge_id: string,
  write: (text: string) => void,
  aws: EnrolAws = realAws(options),
): Promise<number> {
  if (!isEdgeId(edge_id)) throw new EdgeError(`The id of an edge is ${EDGE_ID_RULE}, not ${edge_id}.`);
  // Missing input is reported before anything is created.
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
    `Only an operator can register edges: sign in with export PATRONUS_TOKEN=$(npm run -s aws -- sign-in EMAIL${stage}), then repeat npm run aws -- enrol-edge ${edge_id}.`,
  );
}

async function readKey({ key, spool, unsigned }: EnrolOptions): Promise<PublicKey | undefined> {
  if (unsigned) return undefined;
  if (spool) return openEdgeKey(userPath(spool));
  if (!key) {
    throw new EdgeError(
      "The edge's key is missing: give --key FILE with the output of patronus-edge.mjs key --edge-id ID, --spool FOLDER for an edge on this machine, or --unsigned.",
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

/** A role's name has at most 64 characters; its alphabet includes that of edge ids. */
const ROLE_NAME_MAX = 64;

function roleName(options: AwsOptions, edge_id: string): string {
  const name = `${readStage(options.stage).id}-edge-${edge_id}`;
  if (name.length <= ROLE_NAME_MAX) return name;
  const hash = createHash('sha256').update(edge_id).digest('hex').slice(0, 8);
  return `${name.slice(0, ROLE_NAME_MAX - hash.length - 1)}-${hash}`;
}

/** The API recognizes an edge's session by the name of its role. */
async function checkRoleName(aws: EnrolAws, stack: string, role: string): Promise<void> {
  const { EDGE_ROLES } = await deployedEnvironment(aws, { stack, function: 'ApiFunction' });
  const edge_roles = EDGE_ROLES?.split(',') ?? ['*edge*'];
  if (isEdgeRole(role, edge_roles)) return;
  throw new EdgeError(
    `This stage does not accept the role ${role} for edges, because its setting edge_roles is ${edge_roles.join(',')}: choose another name with --role, or deploy with -c edge_roles=….`,
  );
}

async function trustFor(options: EnrolOptions, edge_id: string, sts: EnrolAws['sts']): Promise<string> {
  const { trust } = options;
  if (trust !== undefined) {
    const text = await givenFile(trust);
    const problem = trustProblem(text, edge_id);
    if (problem === undefined) return text;
    throw new EdgeError(`The trust policy in ${trust} does not fit edge ${edge_id}: ${problem}.`);
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
