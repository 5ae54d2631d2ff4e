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
 * Runs the program for deployed stages and gives its exit code: 0 done, 1 failed, 2 bad usage, 130
 * interrupted.
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

/** The commands; each loads what it needs when it is called. */
export function awsProgram(write: Write, onExit: (code: number) => void): Command {
  const program = new Command('aws')
    .description('Works on a stage that is deployed in an AWS account: docs/deploying.md.')
    .showHelpAfterError('(--help lists commands and options)')
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
        'look at the account before a deployment and at the stage after it; exit code 1 where something is wrong',
      )
      .option(
        '-c, --context <name=value>',
        'a setting, as cdk deploy gets it; again for others',
        contextValue,
        {},
      )
      .option('--json', 'print what was found as JSON'),
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
      .option('--out <file>', 'where to', 'amplify_outputs.json'),
    async (options: AwsOptions & { out: string }) => {
      const { writeStageOutputs } = await import('./stage-outputs.ts');
      return writeStageOutputs({ ...options, out: userPath(options.out) }, write);
    },
  );
  add(
    program
      .command('admin')
      .description('invite the first administrator of a stage by mail; who is there already gets the group')
      .argument('<email>', 'where the invitation goes'),
    async (options: AwsOptions, email) => {
      const { makeAdmin } = await import('./make-admin.ts');
      return makeAdmin(options, email, write);
    },
  );
  add(
    program
      .command('sign-in')
      .description('print an access token of a person, good for an hour; the password is asked for')
      .argument('<email>', 'who signs in')
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
        'give an edge its role, the policies of edges and its registration; what is there already stays',
      )
      .argument('<edge-id>', 'as the edge calls itself: the session name of its role')
      .requiredOption('--site <site>', 'where it stands: name or id')
      .option('--interval <seconds>', 'between two reports', wholeValue(1, 3600), 60)
      .option('--key <file>', 'its public key, as its program prints it: patronus-edge.mjs key --edge-id …')
      .option('--spool <folder>', 'spool of an edge on this machine, whose key is read, or made')
      .option('--unsigned', 'its reports are not signed')
      .option('--role <name>', 'name of its role (default: after the stage and the edge)')
      .option('--principal <arn>', 'who may begin sessions of the role (default: this account)')
      .option('--trust-anchor <arn>', 'certificates of which IAM Roles Anywhere may')
      .option('--trust <file>', 'who may, as a trust policy')
      .option('--graphql <url>', 'GraphQL address, where it is not the one of the stack', urlValue)
      .option('--token <token>', 'an operator’s access token (default: PATRONUS_TOKEN)'),
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
        'show that a stage works: a test edge counts, a site is deleted and back, an alarm arrives; what it makes is taken back',
      )
      .option('--local', 'test the running local system in place of a stage')
      .option(
        '--token <token>',
        'an administrator’s access token (default: PATRONUS_TOKEN, or a person who is made for the test)',
      )
      .option('--graphql <url>', 'GraphQL address, where it is not the one of the stack', urlValue)
      .option(
        '--skip <step=reason>',
        `leave a step out (${STEP_NAMES.join(', ')}); again for others`,
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
    throw new InvalidArgumentError('A setting is given as name=value, such as shards=2.');
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
