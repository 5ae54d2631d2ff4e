import type { Command } from 'commander';
import type { TargetOptions } from '../system/target-options.ts';
import { urlValue, userPath } from './option-values.ts';
import { systemFolderOption } from './system-folder.ts';

/** Adds the options that all commands share. */
export function addSystemOptions(command: Command): Command {
  return command
    .option('--stream <name>', 'Kinesis stream in the cloud, name or ARN (default: the running local system)')
    .option('--region <region>', 'AWS region of the stream')
    .option('--profile <profile>', 'AWS profile to sign in with')
    .option('--graphql <url>', 'GraphQL address in the cloud, for policies and --wait', urlValue)
    .option('--token <token>', 'access token for --graphql')
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
  if (stream === undefined && (region !== undefined || profile !== undefined)) {
    return '--region and --profile are for the cloud: give --stream too';
  }
  if (graphql !== undefined && token === undefined) return '--graphql needs --token';
  return undefined;
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
