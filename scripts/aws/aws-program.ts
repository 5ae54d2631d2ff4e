import { Command, InvalidArgumentError } from 'commander';
import { exitCodeOf } from '../../edge/cli/exit-code.ts';
import { urlValue, userPath, wholeValue } from '../../edge/cli/option-values.ts';
import { systemFolderOption } from '../../edge/cli/system-folder.ts';
import { plannedAwsError } from './aws-error.ts';
import { type AwsOptions, addAwsOptions } from './aws-options.ts';
import type { DoctorOptions } from './doctor/doctor.ts';
import type { EnrolOptions } from './enrol/enrol-edge.ts';
import type { SignInOptions } from './sign-in.ts';
import type { SmokeOptions } from './smoke/smoke-options.ts';
import { STEP_NAMES, type StepName } from './smoke/smoke-step.ts';

type Write = (text: string) => void;

/**
 * Runs the program for deployed stages and returns its exit code: 0 done, 1 failed, 2 bad usage,
 * 130 interrupted.
 */
export async function runAws(
  argv: readonly string[],
  write: Write = text => void process.stdout.write(text),
): Promise<number> {
  let code = 0;
  const program = awsProgram(write, exit => {
    code = exit;
  });
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return code;
  } catch (cause) {
    return exitCodeOf(plannedAwsError(cause));
  }
}

/** The commands; each loads its modules when it is called. */
function awsProgram(write: Write, onExit: (code: number) => void): Command {
  const program = new Command('aws')
    .description('Commands for a stage that is deployed in an AWS account: see docs/deploying.md.')
    .showHelpAfterError('(use --help for usage)')
    .exitOverride();
  const add = <Options extends AwsOptions>(
    command: Command,
    run: (options: Options, argument: string) => Promise<number>,
  ): void => {
    addAwsOptions(command).action(async (...given: unknown[]) => {
      const [options] = given.slice(-2) as [Options, Command];
      onExit(await run(options, String(given[0])));
    });
  };

  add(
    program
      .command('doctor')
      .description(
        'check the account before a deployment and the stage after it; exit code 1 if something is wrong',
      )
      .option('-c, --context <name=value>', 'a setting, as for cdk deploy; can be repeated', contextValue, {})
      .option('--json', 'print the findings as JSON'),
    async (options: DoctorOptions) => {
      const { doctor } = await import('./doctor/doctor.ts');
      const stage = options.context.stage ?? options.stage;
      return doctor({ ...options, ...(stage && { stage }) }, write);
    },
  );
  add(
    program
      .command('outputs')
      .description('write the configuration of the Amplify client for a stage')
      .option('--out <file>', 'file to write', 'amplify_outputs.json'),
    async (options: AwsOptions & { out: string }) => {
      const { writeStageOutputs } = await import('./stage-outputs.ts');
      return writeStageOutputs({ ...options, out: userPath(options.out) }, write);
    },
  );
  add(
    program
      .command('admin')
      .description(
        'invite the first administrator of a stage by mail; an existing user is added to the group',
      )
      .argument('<email>', 'address of the invitation'),
    async (options: AwsOptions, email) => {
      const { makeAdmin } = await import('./make-admin.ts');
      return makeAdmin(options, email, write);
    },
  );
  add(
    program
      .command('sign-in')
      .description("print a person's access token, valid for an hour; asks for the password")
      .argument('<email>', 'the person who signs in')
      .option('--password-file <file>', 'a file whose first line is the password'),
    async (options: SignInOptions, email) => {
      const { signInAtStage } = await import('./sign-in.ts');
      return signInAtStage(options, email, write);
    },
  );
  add(
    program
      .command('enrol-edge')
      .description(
        'create the role of an edge, attach the policies of edges and register it; existing parts are kept',
      )
      .argument('<edge-id>', 'id of the edge, which is the session name of its role')
      .requiredOption('--site <site>', 'its site: name or id')
      .option('--interval <seconds>', 'seconds between two reports', wholeValue(1, 3600), 60)
      .option('--key <file>', 'its public key, as printed by patronus-edge.mjs key --edge-id …')
      .option('--spool <folder>', 'spool of an edge on this machine; its key is read, or created')
      .option('--unsigned', 'its reports are not signed')
      .option('--role <name>', 'name of its role (default: made from the stage and the edge)')
      .option('--principal <arn>', 'the principal that may assume the role (default: this account)')
      .option(
        '--trust-anchor <arn>',
        'trust anchor of IAM Roles Anywhere whose certificates may assume the role',
      )
      .option('--trust <file>', 'a trust policy for the role')
      .option('--graphql <url>', "GraphQL address, if it is not the stack's", urlValue)
      .option('--token <token>', "an operator's access token (default: PATRONUS_TOKEN)"),
    async (options: EnrolOptions, edge_id) => {
      const { enrolEdge } = await import('./enrol/enrol-edge.ts');
      const token = options.token ?? process.env.PATRONUS_TOKEN;
      return enrolEdge({ ...options, ...(token && { token }) }, edge_id, write);
    },
  );
  add(
    program
      .command('smoke')
      .description(
        'test a stage: a test edge counts, a site is deleted and restored, an alarm arrives; everything it creates is removed again',
      )
      .option('--local', 'test the running local system instead of a stage')
      .option(
        '--token <token>',
        "an administrator's access token (default: PATRONUS_TOKEN, or a user created for the test)",
      )
      .option('--graphql <url>', "GraphQL address, if it is not the stack's", urlValue)
      .option(
        '--skip <step=reason>',
        `skip a step (${STEP_NAMES.join(', ')}); can be repeated`,
        skipValue,
        {},
      )
      .addOption(systemFolderOption()),
    async (options: SmokeOptions) => {
      const { smoke } = await import('./smoke/smoke-command.ts');
      const token = options.token ?? process.env.PATRONUS_TOKEN;
      const system = userPath(options.system);
      return smoke({ ...options, system, ...(token && { token }) }, write);
    },
  );
  return program;
}

function contextValue(given: string, before: Record<string, string>): Record<string, string> {
  const [, name, value] = /^(\w+)=(.*)$/.exec(given) ?? [];
  if (name === undefined || value === undefined) {
    throw new InvalidArgumentError('A setting must have the form name=value, such as shards=2.');
  }
  return { ...before, [name]: value };
}

function skipValue(
  given: string,
  before: Partial<Record<StepName, string>>,
): Partial<Record<StepName, string>> {
  const [name = '', ...reason] = given.split('=');
  if (!(STEP_NAMES as readonly string[]).includes(name) || reason.join('=') === '') {
    throw new InvalidArgumentError(
      `It must be one of ${STEP_NAMES.join(', ')} with a reason, such as "alarm=no CloudWatch here".`,
    );
  }
  return { ...before, [name]: reason.join('=') };
}
