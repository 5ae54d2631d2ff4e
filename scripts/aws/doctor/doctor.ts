import { readFile } from 'node:fs/promises';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { readGivenSettings } from '../../../lib/read-context.ts';
import type { Settings } from '../../../lib/settings.ts';
import type { AwsOptions } from '../aws-options.ts';
import { accountOf } from '../caller.ts';
import { findStage } from '../find-stage.ts';
import { type DoctorAws, doctorAws } from './doctor-aws.ts';
import { type Finding, findingText } from './finding.ts';
import { judgeCaller } from './judge-account.ts';
import { lookAtAll } from './look.ts';
import { accountLooks } from './look-at-account.ts';
import { stackLooks, stageLooks } from './look-at-stage.ts';

export interface DoctorOptions extends AwsOptions {
  /** Settings, as for `cdk deploy -c`. */
  context: Record<string, string>;
  json?: boolean;
}

/**
 * Checks an account before a deployment and a stage after it, and says what to do.
 *
 * @returns the exit code: 1 if something does not work, or will not after a deployment
 */
export async function doctor(
  options: DoctorOptions,
  write: (text: string) => void,
  given?: DoctorAws,
  now: number = Date.now(),
): Promise<number> {
  const settings = await settingsOf(options);
  const aws = given ?? (await doctorAws(options));
  // Without credentials nothing else can be checked.
  const { Arn = '' } = await aws.sts.send(new GetCallerIdentityCommand({}));
  const { account } = accountOf(Arn);
  const found = await findStage(aws.cloudformation, options);
  const deployed = found.stacks.has('Ingest');
  const looks = [
    ...accountLooks(aws, { account, settings, deployed }),
    ...(found.stacks.size > 0 ? stackLooks(found) : []),
    ...(found.stacks.has('Api') ? stageLooks(aws, { found, options, now }) : []),
  ];
  const findings = [judgeCaller(Arn), ...(await lookAtAll(looks))];
  write(
    options.json ? `${JSON.stringify(findings, undefined, 2)}\n` : report(findings, found.title, deployed),
  );
  return findings.some(({ level }) => level === 'wrong') ? 1 : 0;
}

function report(findings: readonly Finding[], title: string, deployed: boolean): string {
  const of = (level: Finding['level']) => findings.filter(finding => finding.level === level).length;
  const state = deployed ? '' : ` ${title[0]!.toUpperCase()}${title.slice(1)} is not deployed yet.`;
  return `${findings.map(findingText).join('')}${of('wrong')} wrong, ${of('note')} to look at.${state}\n`;
}

/** The settings of a deployment: those of cdk.json, overridden by the given ones. */
async function settingsOf({ stage, context }: DoctorOptions): Promise<Settings> {
  const file = new URL('../../../cdk.json', import.meta.url);
  const kept = (JSON.parse(await readFile(file, 'utf8')) as { context?: Record<string, unknown> }).context;
  const all: Record<string, unknown> = { ...kept, ...context, ...(stage && { stage }) };
  return readGivenSettings(name => all[name], Object.keys(context));
}
