import { Logger } from '@aws-lambda-powertools/logger';
import type { Context } from 'aws-lambda';

/** The log of a function: JSON lines, each with the id of its request (see {@link beginLog}). */
export const logger = new Logger();

/**
 * Begins the log of an invocation: every following line has `correlation_id`. A container handles
 * one event at a time, so the id is valid until the next event.
 *
 * @param correlation_id id of the request that caused the invocation; default: the invocation's own
 * id
 */
export function beginLog(lambda: Context, correlation_id: string = lambda.awsRequestId): void {
  logger.addContext(lambda);
  logger.setCorrelationId(correlation_id);
}
