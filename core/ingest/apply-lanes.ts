import { TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { encodeBoot } from '../ledger/packing/boot-codec.ts';
import { ReportRejected } from '../report/rejection.ts';
import { backoffMs } from '../storage/backoff.ts';
import { classifyFailure, type Failure } from '../storage/failure.ts';
import type { IngestContext } from './ingest-context.ts';
import { type LaneStep, nextLaneStep, type ReportOutcome } from './lane-step.ts';
import { type LaneTransaction, packSteps } from './lane-transaction.ts';
import { forgetLane, type LaneWork, type PendingRecord } from './lane-work.ts';
import { loadLanes } from './load-lanes.ts';

type Step = LaneStep<PendingRecord>;
type Transaction = LaneTransaction<Step>;
type Settle = (outcome: ReportOutcome<PendingRecord>) => void;

/**
 * Folds the reports into their lanes and writes them, transaction by transaction, until all are settled or the deadline has
 * come; what is not settled then stays in `pending`. Every write is conditional on the version of each lane that it was computed
 * from, so whoever else writes, whatever is repeated or lost on the way, each report counts once.
 *
 * @param settle called for each report once what it changes is written
 * @throws Throttled, where reading took until the deadline · what repeating can't help (no such table, no permission)
 */
export async function applyLanes(
  works: readonly LaneWork[],
  context: IngestContext,
  settle: Settle,
): Promise<void> {
  const stepWork = new Map<Step, LaneWork>();
  let failures = 0;
  for (;;) {
    const open = works.filter(work => work.pending.length > 0);
    if (open.length === 0) return;
    await loadLanes(open, context);
    const steps = makeSteps(open, stepWork, settle);
    const alone = (step: Step) => stepWork.get(step)?.isolated ?? false;
    for (const transaction of packSteps(steps, { table: context.tables.traffic, alone })) {
      if (context.clock() >= context.deadline) return;
      const failure = await write(transaction, context);
      if (failure) {
        recover(transaction, failure, { stepWork, context, settle });
        await pause(failure, failures++, context);
      } else {
        for (const step of transaction.steps) finish(step, stepWork.get(step)!, context, settle);
        failures = 0;
      }
    }
  }
}

/** The next write of every lane that needs one. Steps that need none, of old and refused reports, are settled at once. */
function makeSteps(works: readonly LaneWork[], stepWork: Map<Step, LaneWork>, settle: Settle): Step[] {
  const steps: Step[] = [];
  for (const work of works) {
    while (work.pending.length > 0) {
      const step = work.step ?? nextStep(work);
      if (step.next !== step.base) {
        work.step = step;
        stepWork.set(step, work);
        steps.push(step);
        break;
      }
      settleStep(step, work, settle);
    }
  }
  return steps;
}

function nextStep({ stored, boots, partsOf, pending, isolated }: LaneWork): Step {
  return nextLaneStep({
    base: stored!,
    boots,
    partsOf,
    reports: pending,
    ...(isolated && { maxReports: 1 }),
  });
}

async function write(
  { actions }: Transaction,
  { client, tally }: IngestContext,
): Promise<Failure | undefined> {
  try {
    await client.send(new TransactWriteCommand({ TransactItems: actions }));
    tally.Transactions++;
    return undefined;
  } catch (cause) {
    return classifyFailure(cause);
  }
}

function finish(step: Step, work: LaneWork, { memory }: IngestContext, settle: Settle): void {
  memory.put(step.next);
  work.stored = step.next;
  work.step = undefined;
  for (const boot of step.changes.boots.values()) work.boots.set(boot.boot_id, encodeBoot(boot));
  settleStep(step, work, settle);
}

function settleStep({ outcomes }: Step, work: LaneWork, settle: Settle): void {
  work.pending = work.pending.slice(outcomes.length);
  for (const outcome of outcomes) settle(outcome);
}

interface Recovery {
  stepWork: ReadonlyMap<Step, LaneWork>;
  context: IngestContext;
  settle: Settle;
}

function recover(transaction: Transaction, failure: Failure, { stepWork, context, settle }: Recovery): void {
  const works = (steps: readonly Step[]) => steps.map(step => stepWork.get(step)!);
  switch (failure.kind) {
    case 'condition':
      context.tally.ConditionsFailed++;
      forget(works(stepsWith(transaction, failure, 'ConditionalCheckFailed')), context);
      return;
    case 'conflict':
    case 'throttled':
      context.tally.TransactionsRepeated++;
      return;
    case 'unknown':
      context.tally.TransactionsRepeated++;
      forget(works(transaction.steps), context);
      return;
    case 'validation':
      isolate(works(refusedSteps(transaction, failure)), failure, settle);
      return;
    case 'fatal':
      throw failure.cause;
  }
}

/** The steps whose actions gave this reason; all where the database did not say which. */
function stepsWith(transaction: Transaction, { reasons }: Failure, code: string): Step[] {
  const steps = new Set(
    reasons.filter(reason => reason.code === code).flatMap(({ index }) => transaction.stepsOf(index)),
  );
  return steps.size > 0 ? [...steps] : transaction.steps;
}

function refusedSteps(transaction: Transaction, failure: Failure): Step[] {
  return stepsWith(transaction, failure, 'ValidationError');
}

function forget(works: readonly LaneWork[], { memory }: IngestContext): void {
  for (const work of works) {
    memory.forget(work);
    forgetLane(work);
  }
}

/** From a transaction of many lanes to one lane, from many reports to one, and that one is what the database refuses. */
function isolate(works: readonly LaneWork[], { cause }: Failure, settle: Settle): void {
  for (const work of works) {
    const only = work.isolated && work.pending[0];
    if (only) {
      const reason = new ReportRejected('refused', (cause as Error).message, { cause });
      work.pending = work.pending.slice(1);
      settle({ pending: only, result: 'rejected', reason });
    }
    work.isolated = true;
    work.step = undefined;
  }
}

// A failed condition is looked into at once; everything else gets time to pass.
async function pause({ kind }: Failure, failures: number, context: IngestContext): Promise<void> {
  if (kind === 'validation' || (kind === 'condition' && failures === 0)) return;
  const wait = backoffMs(failures, { random: context.random });
  await context.sleep(Math.min(wait, Math.max(0, context.deadline - context.clock())));
}
