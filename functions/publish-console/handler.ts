import { join } from 'node:path';
import type { Context } from 'aws-lambda';
import { z } from 'zod';
import { makeS3Client } from '../../core/storage/s3-client.ts';
import { beginLog, logger } from '../logger.ts';
import { untilAnswered } from '../until-answered.ts';
import { answerStack, stackRequestSchema } from './answer-stack.ts';
import { environmentSchema } from './environment.ts';
import { publishFiles } from './publish-files.ts';

/** Part of the bundle's asset. */
const FILES = join(import.meta.dirname, 'files');

const { CONSOLE_BUCKET } = environmentSchema.parse(process.env);
const s3 = makeS3Client();

const eventSchema = stackRequestSchema.extend({
  ResourceProperties: z.object({ amplify_outputs: z.string() }),
});

/**
 * Publishes the console and its configuration. CloudFormation calls it when a stack is deployed.
 */
async function handle(event: unknown, lambda: Context): Promise<void> {
  beginLog(lambda);
  const { ResourceProperties, ...request } = eventSchema.parse(event);
  await answerStack(request, async () => {
    const files = await publishFiles({
      s3,
      bucket: CONSOLE_BUCKET,
      folder: FILES,
      others: { 'amplify_outputs.json': ResourceProperties.amplify_outputs },
    });
    logger.info('Published the console.', { files });
  });
}

export const handler = untilAnswered(handle);
