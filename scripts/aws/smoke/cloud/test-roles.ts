import {
  AttachRolePolicyCommand,
  CreateRoleCommand,
  DeleteRoleCommand,
  DetachRolePolicyCommand,
  type IAMClient,
} from '@aws-sdk/client-iam';
import { AssumeRoleCommand, GetCallerIdentityCommand, type STSClient } from '@aws-sdk/client-sts';
import { accountOf } from '../../caller.ts';
import { edgeTrust } from '../../enrol/edge-trust.ts';
import { eventually } from '../eventually.ts';
import type { Bench, ReadCredentials, Roles } from '../smoke-step.ts';

/** The managed policies of the stacks. */
export interface StagePolicies {
  edge_reports: string;
  edge_commands: string;
  machine_reads: string;
}

export interface RoleAws {
  iam: Pick<IAMClient, 'send'>;
  sts: Pick<STSClient, 'send'>;
}

/** A new role can be assumed once it is known in the region, usually after about ten seconds. */
const KNOWN_WITHIN_S = 90;

/**
 * Creates a role for the edge and a read-only role, and starts a session of each; the test deletes
 * them at its end.
 */
export async function testRoles(
  aws: RoleAws,
  policies: StagePolicies,
  bench: Bench,
  edge_id: string,
): Promise<Roles> {
  const { Arn = '' } = await aws.sts.send(new GetCallerIdentityCommand({}));
  const [edge, reader] = [
    await sessionOf(aws, bench, {
      caller: Arn,
      role: `patronus-smoke-edge-${bench.run_id}`,
      session: edge_id,
      policies: [policies.edge_reports, policies.edge_commands],
    }),
    await sessionOf(aws, bench, {
      caller: Arn,
      role: `patronus-smoke-reader-${bench.run_id}`,
      session: `smoke-reader-${bench.run_id}`,
      policies: [policies.machine_reads],
    }),
  ];
  return { edge, reader, detail: 'EdgeReports and EdgeCommands on one role, MachineReads on another' };
}

async function sessionOf(
  { iam, sts }: RoleAws,
  bench: Bench,
  { caller, role, session, policies }: { caller: string; role: string; session: string; policies: string[] },
): Promise<ReadCredentials> {
  const RoleName = role;
  bench.undo(`role ${role}`, () => iam.send(new DeleteRoleCommand({ RoleName })));
  const { Role } = await iam.send(
    new CreateRoleCommand({
      RoleName,
      Description: 'Made for a smoke test of Patronus; may be deleted',
      AssumeRolePolicyDocument: JSON.stringify(edgeTrust(accountOf(caller), session)),
    }),
  );
  for (const PolicyArn of policies) {
    bench.undo(`policy of ${role}`, () => iam.send(new DetachRolePolicyCommand({ RoleName, PolicyArn })));
    await iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn }));
  }
  const { Credentials } = await eventually(bench, {
    what: `the role ${role} to be known`,
    limit_s: KNOWN_WITHIN_S,
    mayPass: cause => /^AccessDenied/.test((cause as Error).name),
    look: () =>
      sts.send(
        new AssumeRoleCommand({ RoleArn: Role?.Arn, RoleSessionName: session, DurationSeconds: 3600 }),
      ),
  });
  const { AccessKeyId = '', SecretAccessKey = '', SessionToken } = Credentials ?? {};
  return async () => ({
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    ...(SessionToken && { sessionToken: SessionToken }),
  });
}
