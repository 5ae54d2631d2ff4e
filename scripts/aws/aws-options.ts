import type { Command } from 'commander';
import { urlValue } from '../../edge/cli/option-values.ts';

/** The deployment to work on, and the credentials to use. */
export interface AwsOptions {
  /** The name that was deployed with `-c stage=…`; left out: `default`. */
  stage?: string;
  region?: string;
  profile?: string;
  /** Address of an emulator of AWS, for every service. */
  endpoint?: string;
}

/** Adds the options that all commands share. */
export function addAwsOptions(command: Command): Command {
  return command
    .option('--stage <name>', 'the stage, as deployed with -c stage=…', 'default')
    .option('--region <region>', "AWS region (default: AWS_REGION, or the profile's region)")
    .option(
      '--profile <profile>',
      'AWS profile to sign with (default: AWS_PROFILE, or the credentials of the environment)',
    )
    .option('--endpoint <url>', 'address of an emulator, instead of AWS', urlValue);
}

/** The configuration of every AWS client. */
export function clientConfig({ region, profile, endpoint }: AwsOptions): {
  region?: string;
  profile?: string;
  endpoint?: string;
} {
  return { ...(region && { region }), ...(profile && { profile }), ...(endpoint && { endpoint }) };
}

/** The option as it is written in a command, such as ` --stage prod`; empty for the default. */
export function stageOption({ stage }: Pick<AwsOptions, 'stage'>): string {
  return stage === undefined || stage === 'default' ? '' : ` --stage ${stage}`;
}
