import {
  AttachRolePolicyCommand,
  CreateRoleCommand,
  GetRoleCommand,
  type IAMClient,
  ListAttachedRolePoliciesCommand,
  type Role,
} from '@aws-sdk/client-iam';
import { EdgeError } from '../../../edge/edge-error.ts';
import { trustProblem } from './edge-trust.ts';

export interface EdgeRolePlan {
  edge_id: string;
  /** Its name. */
  role: string;
  /** Its trust policy, JSON, in case it must be created. */
  trust: string;
  /** The managed policies that it needs, by ARN. */
  policies: readonly { name: string; arn: string }[];
}

/** The result: `done` now, or `there` already. */
export type Step = { state: 'done' | 'there'; what: string };

/**
 * Creates the role of an edge and attaches its policies, as far as they don't exist.
 *
 * @returns the role's ARN
 * @throws EdgeError for an existing role whose session name can be chosen freely
 */
export async function ensureEdgeRole(
  iam: Pick<IAMClient, 'send'>,
  { edge_id, role, trust, policies }: EdgeRolePlan,
  onStep: (step: Step) => void,
): Promise<string> {
  const found = await readRole(iam, role);
  if (found) checkTrust(found, edge_id);
  const arn = found?.Arn ?? (await makeRole(iam, { edge_id, role, trust }));
  onStep({ state: found ? 'there' : 'done', what: `role ${role}` });
  const attached = found ? await attachedPolicies(iam, role) : new Set<string>();
  for (const { name, arn: PolicyArn } of policies) {
    const there = attached.has(PolicyArn);
    if (!there) await iam.send(new AttachRolePolicyCommand({ RoleName: role, PolicyArn }));
    onStep({ state: there ? 'there' : 'done', what: `policy ${name} on it` });
  }
  return arn;
}

async function readRole(iam: Pick<IAMClient, 'send'>, RoleName: string): Promise<Role | undefined> {
  try {
    return (await iam.send(new GetRoleCommand({ RoleName }))).Role;
  } catch (cause) {
    if (/^NoSuchEntity/.test((cause as Error).name)) return undefined;
    throw cause;
  }
}

async function makeRole(
  iam: Pick<IAMClient, 'send'>,
  { edge_id, role, trust }: Pick<EdgeRolePlan, 'edge_id' | 'role' | 'trust'>,
): Promise<string> {
  const { Role: made } = await iam.send(
    new CreateRoleCommand({
      RoleName: role,
      Description: `Patronus: edge ${edge_id}`,
      AssumeRolePolicyDocument: trust,
      Tags: [
        { Key: 'project', Value: 'patronus' },
        { Key: 'edge', Value: edge_id },
      ],
    }),
  );
  return made!.Arn!;
}

function checkTrust({ RoleName, AssumeRolePolicyDocument = '' }: Role, edge_id: string): void {
  // IAM returns it URL-encoded.
  const problem = trustProblem(decodeURIComponent(AssumeRolePolicyDocument), edge_id);
  if (problem === undefined) return;
  throw new EdgeError(
    `The role ${RoleName} exists, but its trust policy does not fit edge ${edge_id}: ${problem}. Change it, or choose another role with --role.`,
  );
}

async function attachedPolicies(iam: Pick<IAMClient, 'send'>, RoleName: string): Promise<Set<string>> {
  const { AttachedPolicies = [] } = await iam.send(new ListAttachedRolePoliciesCommand({ RoleName }));
  return new Set(AttachedPolicies.map(({ PolicyArn }) => PolicyArn!));
}
