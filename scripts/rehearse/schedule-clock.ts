import { globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { CloudFormationClient, DescribeStackResourcesCommand } from '@aws-sdk/client-cloudformation';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { EdgeError } from '../../edge/edge-error.ts';
import type { Template } from './change-template.ts';
import { clientOptions } from './deployed-system.ts';
import type { Emulator } from './emulator.ts';
import type { Steps } from './steps.ts';

/** A schedule of EventBridge in a template. */
export interface ScheduledCall {
  /** Logical ids of the schedule and of its target. */
  id: string;
  target: string;
  /** The target's input for a time. */
  input(scheduled_at: Date): string;
  minutes: number;
}

const SCHEDULED_TIME = '<aws.scheduler.scheduled-time>';

interface ScheduleProperties {
  ScheduleExpression: string;
  Target: { Arn: { 'Fn::GetAtt'?: [string, string]; Ref?: string }; Input: string };
}

/** @throws EdgeError for an unsupported kind of schedule */
export function schedulesIn({ Resources }: Template): ScheduledCall[] {
  return Object.entries(Resources)
    .filter(([, { Type }]) => Type === 'AWS::Scheduler::Schedule')
    .map(([id, { Properties }]) => {
      const { ScheduleExpression, Target } = Properties as unknown as ScheduleProperties;
      const [, minutes] = /^rate\((\d+) minutes?\)$/.exec(ScheduleExpression) ?? [];
      const target = Target.Arn['Fn::GetAtt']?.[0] ?? Target.Arn.Ref;
      if (minutes === undefined || target === undefined) {
        throw new EdgeError(`The rehearsal can't call the schedule ${id} (${ScheduleExpression}).`);
      }
      return {
        id,
        target,
        minutes: Number(minutes),
        input: at => Target.Input.replaceAll(SCHEDULED_TIME, at.toISOString()),
      };
    });
}

/**
 * Calls the targets of an assembly's schedules, with the due time that MiniStack doesn't fill in.
 */
export interface ScheduleClock {
  /**
   * Calls every function that is due, and returns their number.
   * @throws EdgeError with the functions' errors
   */
  call(at: Date, isDue?: (call: ScheduledCall) => boolean): Promise<number>;
  /** Calls them each minute from now on, until the end of the steps. */
  run(steps: Pick<Steps, 'atEnd'>): void;
  /** Failures since `run`. */
  failures: string[];
}

const MINUTE_MS = 60_000;

export async function makeScheduleClock(emulator: Emulator, assembly: string): Promise<ScheduleClock> {
  const calls: (ScheduledCall & { name: string })[] = [];
  const cloudformation = new CloudFormationClient(clientOptions(emulator));
  for (const file of globSync(join(assembly, '*.template.json'))) {
    const schedules = schedulesIn(JSON.parse(await readFile(file, 'utf8')) as Template);
    if (schedules.length === 0) continue;
    const StackName = basename(file, '.template.json');
    const { StackResources = [] } = await cloudformation.send(
      new DescribeStackResourcesCommand({ StackName }),
    );
    for (const schedule of schedules) {
      const found = StackResources.find(({ LogicalResourceId }) => LogicalResourceId === schedule.target);
      calls.push({ ...schedule, name: found!.PhysicalResourceId! });
    }
  }
  const lambda = new LambdaClient(clientOptions(emulator));
  const callOne = async ({ name, id, input }: (typeof calls)[number], at: Date) => {
    const { FunctionError, Payload } = await lambda.send(
      new InvokeCommand({ FunctionName: name, Payload: Buffer.from(input(at)) }),
    );
    if (FunctionError) throw new EdgeError(`${id}: ${Buffer.from(Payload ?? []).toString()}`);
  };
  const failures: string[] = [];
  const call: ScheduleClock['call'] = async (at, isDue = () => true) => {
    const due = calls.filter(isDue);
    const results = await Promise.allSettled(due.map(each => callOne(each, at)));
    const failed = results.flatMap(result => (result.status === 'rejected' ? [String(result.reason)] : []));
    if (failed.length > 0) throw new EdgeError(failed.join('\n'));
    return due.length;
  };
  return {
    call,
    failures,
    run(steps) {
      let timer: NodeJS.Timeout | undefined;
      const wait = () => {
        timer = setTimeout(tick, MINUTE_MS - (Date.now() % MINUTE_MS));
      };
      const tick = () => {
        const minute = Math.round(Date.now() / MINUTE_MS);
        wait();
        call(new Date(minute * MINUTE_MS), ({ minutes }) => minute % minutes === 0).catch(cause =>
          failures.push((cause as Error).message),
        );
      };
      wait();
      steps.atEnd('end of the schedules', () => clearTimeout(timer));
    },
  };
}
