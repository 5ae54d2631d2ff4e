import { z } from 'zod';
import { invokeAsynchronously } from '../../lambda/invoke-asynchronously.ts';
import type { LambdaFunction } from '../../lambda/lambda-function.ts';
import type { Making, ResourceType } from '../resource-type.ts';
import { queueAt } from './sqs-queue.ts';

const destination = z.strictObject({ Destination: z.string() });

const eventInvokeConfigSchema = z.strictObject({
  FunctionName: z.string(),
  Qualifier: z.literal('$LATEST', 'there are no versions of functions here'),
  MaximumRetryAttempts: z.int().min(0).max(2).default(2),
  MaximumEventAgeInSeconds: z.int().min(60).max(21_600).default(21_600),
  DestinationConfig: z.strictObject({ OnFailure: destination.optional() }).optional(),
});

type EventInvokeConfig = z.output<typeof eventInvokeConfigSchema>;

export const lambdaEventInvokeConfig: ResourceType<EventInvokeConfig, EventInvokeConfig> = {
  type: 'AWS::Lambda::EventInvokeConfig',
  schema: eventInvokeConfigSchema,
  make: ({ properties }) => ({ value: properties }),
};

/**
 * Calls a function with asynchronous events, with the template's settings for retries and failures.
 */
export function asynchronousCall(
  { made, host }: Pick<Making<unknown>, 'made' | 'host'>,
  target: LambdaFunction,
): (event: unknown) => void {
  const config = made
    .all(lambdaEventInvokeConfig)
    .map(({ value }) => value)
    .find(({ FunctionName }) => FunctionName === target.name || FunctionName === target.arn);
  const queueArn = config?.DestinationConfig?.OnFailure?.Destination;
  return event =>
    void invokeAsynchronously({
      target,
      event,
      ...(config && { maximumRetryAttempts: config.MaximumRetryAttempts }),
      onFailed: queueArn === undefined ? undefined : message => queueAt(made, queueArn).send(message),
      clock: host.clock,
      sleep: host.sleep,
    });
}
