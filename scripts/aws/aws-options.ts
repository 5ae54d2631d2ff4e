import type { Command } from 'commander';
import { urlValue } from '../../edge/cli/option-values.ts';

/** Which deployment is meant, and with whose credentials it is asked. */
export interface AwsOptions {
  /** As it was deployed with `-c stage=…`; `default` when it is left out. */
  stage?: string;
  region?: string;
  profile?: string;
  /** Address of an emulator of AWS, for every service. */
  endpoint?: string;
}

/** Adds the options that all commands share. */
export function addAwsOptions(command: Command): Command {
  return command
    .option('--stage <name>', 'stage that was deployed with -c stage=…', 'default')
    .option('--region <region>', 'AWS region (default: AWS_REGION, or that of the profile)')
    .option(
      '--profile <profile>',
      'AWS profile to sign with (default: AWS_PROFILE, or the credentials at hand)',
    )
    .option('--endpoint <url>', 'address of an emulator of AWS, in place of AWS itself', urlValue);
}

/** What every client of AWS is made with. */
export function clientConfig({ region, profile, endpoint }: AwsOptions): {
  region?: string;
  profile?: string;
  endpoint?: string;
} {
  return { ...(region && { region }), ...(profile && { profile }), ...(endpoint && { endpoint }) };
}

/**
 * The option as a person writes it behind a command, such as ` --stage prod`; nothing for the
 * default.
 */
export function stageOption({ stage }: Pick<AwsOptions, 'stage'>): string {
  return stage === undefined || stage === 'default' ? '' : ` --stage ${stage}`;
}
