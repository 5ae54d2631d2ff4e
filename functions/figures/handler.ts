import type { Context } from 'aws-lambda';
import {
  type PublishedMemory,
  type PublishingResult,
  publishFigures,
} from '../../core/live/publish-figures.ts';
import { type FigureMemory, readFigures } from '../../core/live/read-figures.ts';
import { makeDocumentClient } from '../../core/storage/document-client.ts';
import { tablesOf } from '../../core/storage/table-environment.ts';
import { systemClock, systemSleep } from '../../core/time/clock.ts';
import { PUBLISH_FIGURES } from '../../graphql/publish-figures.ts';
import { makeApiClient } from '../api-client.ts';
import { beginLog, logger } from '../logger.ts';
import { untilAnswered } from '../until-answered.ts';
import { environmentSchema } from './environment.ts';

/** A run ends when the next one begins. */
const RUN_MS = 60_000;

/** Time reserved for the publication in progress. */
const MARGIN_MS = 5000;

const environment = environmentSchema.parse(process.env);
const api = makeApiClient(environment);
const store = {
  client: makeDocumentClient(),
  tables: tablesOf(environment),
  clock: systemClock,
  sleep: systemSleep,
  random: Math.random,
};
const memory: FigureMemory = { caches: {}, silent_after_s: environment.SILENT_AFTER_S };
const published: PublishedMemory = new Map();

/**
 * Runs every minute and publishes the figures that clients follow for one minute. If none are
 * followed, it ends at once.
 *
 * @throws Error if a publication failed, so that the alarm on the function's errors fires
 */
async function handle(_event: unknown, lambda: Context): Promise<PublishingResult> {
  beginLog(lambda);
  const begun = systemClock();
  const result = await publishFigures({
    context: { ...store, deadline: begun + lambda.getRemainingTimeInMillis() - MARGIN_MS },
    until_ms: begun + RUN_MS,
    read: (scope, context) => readFigures[scope](context, memory),
    async publish(figures) {
      await api.query(PUBLISH_FIGURES, { ...figures });
    },
    published,
    onTrouble: (scope, cause) => logger.error('Figures were not published.', { scope, cause }),
  });
  if (result.failed > 0) throw new Error(`${result.failed} publications of figures failed: see the log.`);
  return result;
}

export const handler = untilAnswered(handle);
