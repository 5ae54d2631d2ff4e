import type { Context } from 'aws-lambda';
import { z } from 'zod';
import { lambdaDispatcher, makeDispatchClient } from '../../core/export/lambda-dispatcher.ts';
import { makeDocumentClient } from '../../core/storage/document-client.ts';
import { tablesOf } from '../../core/storage/table-environment.ts';
import { systemClock, systemSleep } from '../../core/time/clock.ts';
import { beginLog, logger } from '../logger.ts';
import { countMetrics } from '../metrics.ts';
import { untilAnswered } from '../until-answered.ts';
import { environmentSchema } from './environment.ts';
import { runSteps, type StepReport } from './run-steps.ts';
import { steps } from './steps.ts';

/** Time kept back for the calls under way and for the report. */
const MARGIN_MS = 10_000;

const environment = environmentSchema.parse(process.env);
const client = makeDocumentClient();
const tables = tablesOf(environment);
const exports = lambdaDispatcher(makeDispatchClient(), environment.EXPORT_FUNCTION);

/**
 * The schedule passes the instant that it fired for, and which steps are due: all when it says
 * none.
 */
const eventSchema = z.object({
  scheduled_at: z.iso.datetime({ offset: true }),
  steps: z.array(z.enum(steps.map(({ name }) => name))).optional(),
});

/**
 * Runs each five minutes, and its step `deletions` each minute.
 *
 * @throws AggregateError of the steps that failed, after all have run, so that the function's error
 * alarm rings
 */
async function handle(event: unknown, lambda: Context): Promise<{ steps: StepReport[] }> {
  beginLog(lambda);
  const { scheduled_at, steps: due } = eventSchema.parse(event);
  const dueSteps = steps.filter(({ name }) => !due || due.includes(name));
  const reports = await runSteps(dueSteps, {
    client,
    tables,
    silent_after_s: environment.SILENT_AFTER_S,
    exports,
    scheduled_at: Date.parse(scheduled_at),
    clock: systemClock,
    sleep: systemSleep,
    random: Math.random,
    deadline: systemClock() + lambda.getRemainingTimeInMillis() - MARGIN_MS,
  });
  for (const report of reports) publish(report);
  const failed = reports.filter(({ outcome }) => outcome === 'failed');
  if (failed.length > 0) {
    const names = failed.map(({ name }) => name).join(', ');
    throw new AggregateError(
      failed.map(({ error }) => error),
      `Clean-up steps failed: ${names}`,
    );
  }
  return { steps: reports };
}

export const handler = untilAnswered(handle);

function publish({ name, outcome, details, error }: StepReport): void {
  if (outcome === 'failed') logger.error(`Clean-up step ${name} failed.`, { step: name, cause: error });
  else logger.info(`Clean-up step ${name} is done.`, { step: name, ...details });
  if (typeof details.mismatches === 'number')
    countMetrics('cleanup', { totals_mismatches: details.mismatches });
}
