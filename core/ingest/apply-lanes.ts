import { TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { listLanes } from '../ledger/listing/list-lanes.ts';
import { PackedDataUnreadable } from '../ledger/packing/packed-item.ts';
import { ReportRejected } from '../report/rejection.ts';
import { backoffMs } from '../storage/backoff.ts';
import { classifyFailure, type Failure } from '../storage/failure.ts';
import { withdrawFewerParts } from './fewer-parts.ts';
import type { IngestContext } from './ingest-context.ts';
import { type FewerParts, fewerParts, type LaneStep, nextLaneStep, type ReportOutcome } from './lane-step.ts';
import { type LaneTransaction, type LaneWrite, packWrites } from './lane-transaction.ts';
import type { LaneWork, PendingRecord } from './lane-work.ts';
import { type LoadedWork, loadLanes } from './load-lanes.ts';
import { RepeatLog } from './repeat-log.ts';
import { untilDeadline } from './until-deadline.ts';

type Outcome = ReportOutcome<PendingRecord>;

/** A lane's write with its work and its step. */
interface PlannedWrite extends LaneWrite {
  work: LoadedWork;
  step: LaneStep<PendingRecord>;
}

type Transaction = LaneTransaction<PlannedWrite>;

/** Settled reports, and the lanes with the rest of their work. */
interface Progress {
  outcomes: Outcome[];
  works: LaneWork[];
}

/**
 * Folds the reports into their lanes and writes these, transaction by transaction, until all
 * reports are settled or the deadline has passed. Every write is conditional on the version of each
 * lane that it was computed from. So each report counts once, whatever other writers do and
 * whatever is repeated or lost on the way.
 *
 * @returns the settled reports: the changes of applied ones are written, the others change nothing
 * @throws errors that a retry can't solve (no such table, no permission)
 */
export async function applyLanes(works: readonly LaneWork[], context: IngestContext): Promise<Outcome[]> {
  const withFewerParts = new Map<string, FewerParts>();
  const settled = await applyAll(works, context, found =>
    withFewerParts.set(`${found.edge_id} ${found.boot_id}`, found),
  );
  await withdrawFewerParts([...withFewerParts.values()], context);
  return settled;
}

async function applyAll(
  works: readonly LaneWork[],
  context: IngestContext,
  onFewerParts: (found: FewerParts) => void,
): Promise<Outcome[]> {
  const settled: Outcome[] = [];
  const settle = (outcomes: readonly Outcome[]): void => {
    settled.push(...outcomes);
    for (const { result } of outcomes) {
      if (result === 'applied') context.tally.ReportsApplied++;
      if (result === 'old') context.tally.ReportsOld++;
    }
  };
  const repeats = new RepeatLog(context);
  let open = works;
  let failures = 0;
  while (open.length > 0) {
    const loaded = await untilDeadline(loadLanes(open, context));
    if (!loaded) return settled;
    // A call that was killed may not have done it.
    await withdrawFewerParts(loaded.flatMap(storedFewerParts), context);
    const plans = loaded.map(planWrite);
    for (const { outcomes } of plans) settle(outcomes);
    const writes = plans.flatMap(({ write }) => write ?? []);
    const left: LaneWork[] = plans.flatMap(({ reread }) => reread ?? []);
    for (const work of left) context.memory.forget(work);
    if (!(await untilDeadline(listNew(writes, context)))) return settled;
    const alone = ({ work }: PlannedWrite) => work.isolated;
    for (const transaction of packWrites(writes, { table: context.tables.traffic, alone })) {
      if (context.clock() >= context.deadline) return settled;
      const failure = await write(transaction, context);
      const { outcomes, works: rest } = failure
        ? recover(transaction, failure, context)
        : finish(transaction, context);
      settle(outcomes);
      if (!failure)
        for (const { step } of transaction.writes) if (step.fewer_parts) onFewerParts(step.fewer_parts);
      left.push(...rest);
      if (failure) repeats.note('A transaction of counts did not succeed; it is retried.', failure);
      if (failure) await pause(failure, failures++, context);
      else failures = 0;
    }
    open = left.filter(({ pending }) => pending.length > 0);
  }
  return settled;
}

function storedFewerParts({ stored: { state } }: LoadedWork): FewerParts[] {
  const found = state instanceof PackedDataUnreadable ? undefined : fewerParts(state.lane);
  return found ? [found] : [];
}

/** Lists the lanes that have a new site or endpoint. Call it before they are written. */
async function listNew(writes: readonly PlannedWrite[], context: IngestContext): Promise<true> {
  const lanes = writes.flatMap(({ item: { edge_id, part }, listing }) =>
    listing ? [{ edge_id, part, listing }] : [],
  );
  if (lanes.length > 0) await listLanes(lanes, context);
  return true;
}

interface Plan {
  outcomes: Outcome[];
  write?: PlannedWrite;
  /** The work, if its lane has to be read before a step. */
  reread?: LaneWork;
}

/**
 * The next write of a lane, if it needs one, and the old and rejected reports before it, which need
 * none. No report is judged old or wrong by a lane from memory: the table may have been restored to
 * an earlier time, and without a write no condition shows that.
 */
function planWrite(work: LoadedWork): Plan {
  const outcomes: Outcome[] = [];
  let left = work;
  while (left.pending.length > 0) {
    const { stored, pending, isolated } = left;
    const step = nextLaneStep({ stored, reports: pending, ...(isolated && { maxReports: 1 }) });
    if (step.write) return { outcomes, write: { ...step.write, work: left, step } };
    if (stored.remembered) return { outcomes, reread: { ...left, stored: undefined } };
    outcomes.push(...step.outcomes);
    left = afterStep(left, step);
  }
  return { outcomes };
}

function afterStep(work: LoadedWork, { outcomes, next }: LaneStep<PendingRecord>): LoadedWork {
  return { ...work, stored: next, pending: work.pending.slice(outcomes.length) };
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

function finish({ writes }: Transaction, { memory }: IngestContext): Progress {
  for (const { item } of writes) memory.put(item);
  return {
    outcomes: writes.flatMap(({ step }) => step.outcomes),
    works: writes.map(({ work, step }) => afterStep(work, step)),
  };
}

function recover(transaction: Transaction, failure: Failure, context: IngestContext): Progress {
  const { writes } = transaction;
  switch (failure.kind) {
    case 'condition':
      context.tally.ConditionsFailed++;
      return forget(writes, writesWith(transaction, failure, 'ConditionalCheckFailed'), context);
    case 'conflict':
    case 'throttled':
      context.tally.TransactionsRepeated++;
      return { outcomes: [], works: writes.map(({ work }) => work) };
    case 'unknown':
      context.tally.TransactionsRepeated++;
      return forget(writes, new Set(writes), context);
    case 'validation':
      return isolate(writes, writesWith(transaction, failure, 'ValidationError'), failure);
    case 'fatal':
      throw failure.cause;
  }
}

/** The writes whose actions gave this reason; all if the database did not name any. */
function writesWith(transaction: Transaction, { reasons }: Failure, code: string): ReadonlySet<PlannedWrite> {
  const blamed = reasons
    .filter(reason => reason.code === code)
    .flatMap(({ index }) => transaction.writesOf(index));
  return new Set(blamed.length > 0 ? blamed : transaction.writes);
}

/**
 * Forgets the `blamed` lanes, whose known state may be wrong. They are read again before their next
 * step.
 */
function forget(
  writes: readonly PlannedWrite[],
  blamed: ReadonlySet<PlannedWrite>,
  { memory }: IngestContext,
): Progress {
  for (const { item } of blamed) memory.forget(item);
  const works = writes.map(each => (blamed.has(each) ? { ...each.work, stored: undefined } : each.work));
  return { outcomes: [], works };
}

/**
 * Isolates what the database refuses: one lane a transaction, then one report a transaction. A
 * report that is refused alone is rejected.
 */
function isolate(
  writes: readonly PlannedWrite[],
  blamed: ReadonlySet<PlannedWrite>,
  { cause }: Failure,
): Progress {
  const outcomes: Outcome[] = [];
  const works = writes.map((each): LaneWork => {
    const { work } = each;
    const [first, ...rest] = work.pending;
    if (!blamed.has(each)) return work;
    if (!work.isolated || !first) return { ...work, isolated: true };
    const reason = new ReportRejected('refused', (cause as Error).message, { cause });
    outcomes.push({ pending: first, result: 'rejected', reason });
    return { ...work, pending: rest };
  });
  return { outcomes, works };
}

// After a failed condition the lane is read again at once; every other failure gets time to pass.
async function pause({ kind }: Failure, failures: number, context: IngestContext): Promise<void> {
  if (kind === 'validation' || (kind === 'condition' && failures === 0)) return;
  const wait = backoffMs(failures, { random: context.random });
  await context.sleep(Math.min(wait, Math.max(0, context.deadline - context.clock())));
}
