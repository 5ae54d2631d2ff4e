import { Logger } from '@aws-lambda-powertools/logger';
import type { Context } from 'aws-lambda';
import { systemClock, systemSleep } from '../../core/clock.ts';
import { makeDocumentClient } from '../../core/storage/document-client.ts';
import { type Answer, answer } from './answer.ts';
import type { ApiEvent } from './api-event.ts';
import { environmentSchema } from './environment.ts';
import { resolvers } from './resolvers.ts';

/** Time kept back to put the answer into words and write a refusal down. */
const MARGIN_MS = 5000;

const environment = environmentSchema.parse(process.env);
const logger = new Logger();
const client = makeDocumentClient();
const tables = {
  network: environment.NETWORK_TABLE,
  traffic: environment.TRAFFIC_TABLE,
  cache: environment.CACHE_TABLE,
};

export function handler(event: ApiEvent, lambda: Context): Promise<Answer> {
  const deadline = systemClock() + lambda.getRemainingTimeInMillis() - MARGIN_MS;
  return answer(event, {
    resolvers,
    slots: environment.COUNTER_SLOTS,
    context: { client, tables, clock: systemClock, sleep: systemSleep, random: Math.random, deadline },
    identify: async caller => caller,
    report: (message, details) => logger.error(message, { ...details, request_id: lambda.awsRequestId }),
  });
}
