import { Logger } from '@aws-lambda-powertools/logger';
import type { Context } from 'aws-lambda';

/**
 * The one log of a function: JSON lines, each with the id of what was asked (see {@link beginLog}).
 */
export const logger = new Logger();

/**
 * Begins the log of an invocation: from here on every line has `correlation_id`. A container
 * answers one event at a time, so the id holds until the next one begins.
 *
 * @param correlation_id of the request that this is work for; by default the id of the invocation
 * itself
 */
export function beginLog(lambda: Context, correlation_id: string = lambda.awsRequestId): void {
  logger.addContext(lambda);
  logger.setCorrelationId(correlation_id);
}
