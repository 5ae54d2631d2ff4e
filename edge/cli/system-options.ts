import type { Command } from 'commander';
import { regionOfUrl } from '../system/role-signature.ts';
import type { TargetOptions } from '../system/target-options.ts';
import { urlValue, userPath } from './option-values.ts';
import { systemFolderOption } from './system-folder.ts';

/** Adds the options that all commands share. */
export function addSystemOptions(command: Command): Command {
  return command
    .option('--stream <name>', 'Kinesis stream in the cloud, name or ARN (default: the running local system)')
    .option('--region <region>', 'AWS region of the stream and of --graphql')
    .option('--profile <profile>', 'AWS profile to sign in with')
    .option('--graphql <url>', 'GraphQL address in the cloud, for policies and --wait', urlValue)
    .option(
      '--token <token>',
      "a person's access token for --graphql (default: sign with the AWS credentials of this edge)",
    )
    .addOption(systemFolderOption());
}

/** What is wrong with a combination of these, if anything. */
export function systemContradiction({
  stream,
  region,
  profile,
  graphql,
  token,
}: TargetOptions): string | undefined {
  if (stream === undefined && graphql === undefined && (region !== undefined || profile !== undefined)) {
    return '--region and --profile are for the cloud: give --stream too';
  }
  if (token !== undefined && graphql === undefined) return '--token is for --graphql: give its address too';
  if (graphql !== undefined && token === undefined && region === undefined && !regionOfUrl(graphql)) {
    return "--graphql is signed for an AWS region, which this address does not name: give --region, or a person's --token";
  }
  return undefined;
}

/** What names the API of a system, for programs that only ask. */
export type ApiOptions = Omit<TargetOptions, 'stream'>;

/** Adds the options of programs that ask the API and send nothing to the stream. */
export function addApiOptions(command: Command): Command {
  return command
    .option('--graphql <url>', 'GraphQL address in the cloud (default: the running local system)', urlValue)
    .option(
      '--token <token>',
      "a person's access token for --graphql (default: sign with the AWS credentials at hand)",
    )
    .option('--region <region>', 'AWS region to sign for (default: that of the address)')
    .option('--profile <profile>', 'AWS profile to sign with')
    .addOption(systemFolderOption());
}

/** What is wrong with a combination of these, if anything. */
export function apiContradiction({ graphql, token, region, profile }: ApiOptions): string | undefined {
  if (graphql === undefined && (region !== undefined || profile !== undefined)) {
    return '--region and --profile are for the cloud: give --graphql too';
  }
  return systemContradiction({
    system: '',
    ...(graphql && { graphql }),
    ...(token && { token }),
    ...(region && { region }),
  });
}

export function targetOptions({
  stream,
  region,
  profile,
  graphql,
  token,
  system,
}: TargetOptions): TargetOptions {
  return {
    system: userPath(system),
    ...(stream !== undefined && { stream }),
    ...(region !== undefined && { region }),
    ...(profile !== undefined && { profile }),
    ...(graphql !== undefined && { graphql }),
    ...(token !== undefined && { token }),
  };
}
