import { atOnce } from '../../storage/at-once.ts';
import { readItem } from '../../storage/parse-item.ts';
import type { StoreContext } from '../../storage/store-context.ts';
import type { Alarm } from '../alarm.ts';
import { DESTINATION, type Destination, secretKey, secretSchema } from '../destinations/destination.ts';
import { MUTE, type Mute } from '../mutes/mute.ts';
import { readAlarm, readAlarms, SHOWN_MAX } from '../read-alarms.ts';
import { readSettings } from '../settings/read-settings.ts';
import { logAttempt } from './delivery-log.ts';
import type { Notice } from './notice.ts';
import { putNotice, readNotices, removeNotice } from './notice-store.ts';
import { dueNotices, endOf, type NoticePlan, planNotices } from './plan-notices.ts';
import type { PostOutcome } from './post-webhook.ts';
import { ATTEMPTS_MAX, nextAttempt } from './retry.ts';

/** Sends a notice once. Does not reject. `secret`: for webhooks. */
export type SendNotice = (
  destination: Destination,
  notice: Notice,
  sending: { secret: string | undefined; at_ms: number },
) => Promise<PostOutcome>;

export interface DeliveryResult {
  delivered: number;
  /** Failed attempts, which are repeated. */
  failed: number;
  given_up: number;
  /** Left for the next run. */
  left: number;
}

/** Concurrent deliveries to one destination. */
const AT_ONCE = 8;

/** No attempt begins this close to the deadline: it lasts up to ten seconds, and is then stored. */
const ATTEMPT_MS = 15_000;

/**
 * Delivers to every destination the notices that it has not received. Without destinations it costs
 * one small read. Each attempt is claimed before it is made, so concurrent runs don't send a notice
 * twice. After a run was killed one attempt may be repeated; receivers drop repeats by their id.
 */
export async function deliverNotices(context: StoreContext, send: SendNotice): Promise<DeliveryResult> {
  const result: DeliveryResult = { delivered: 0, failed: 0, given_up: 0, left: 0 };
  const destinations = await readSettings(context, DESTINATION);
  if (destinations.length === 0) return result;
  const [{ items: alarms }, mutes] = await Promise.all([
    readAlarms(context, { limit: SHOWN_MAX }),
    readSettings(context, MUTE),
  ]);
  await Promise.all(
    destinations.map(destination => deliverTo(context, { destination, alarms, mutes, send, result })),
  );
  return result;
}

interface Delivering {
  destination: Destination;
  alarms: readonly Alarm[];
  mutes: readonly Mute[];
  send: SendNotice;
  result: DeliveryResult;
}

async function deliverTo(context: StoreContext, delivering: Delivering): Promise<void> {
  const { destination, alarms, mutes, result } = delivering;
  const notices = await readNotices(context, destination.id);
  const now_ms = context.clock();
  const plan = planNotices({ destination, alarms, mutes, notices, now_ms });
  const current = new Map(notices.map(notice => [notice.about, notice]));
  await write(context, destination, { plan, current });
  for (const notice of plan.maybeEnded) {
    const alarm = await readAlarm(context, notice.about);
    // The alarm exists: there are more alarms than are read.
    if (alarm) continue;
    await write(context, destination, { plan: endOf(notice, now_ms), current });
  }
  const due = dueNotices({ notices: [...current.values()], mutes, now_ms });
  if (due.length === 0) return;
  const secret = (await readItem(context, secretKey(destination.id), secretSchema))?.secret;
  await atOnce(AT_ONCE, due, async notice => {
    if (context.clock() + ATTEMPT_MS >= context.deadline) result.left += 1;
    else await attempt(context, delivering, { notice, secret });
  });
}

/** Writes a plan. Notices that another run has changed are left to that run. */
async function write(
  context: StoreContext,
  { id }: Destination,
  { plan, current }: { plan: NoticePlan; current: Map<string, Notice> },
): Promise<void> {
  for (const { before, notice } of plan.put) {
    if (await putNotice(context, id, { before, notice })) current.set(notice.about, notice);
    else current.delete(notice.about);
  }
  for (const notice of plan.remove) {
    await removeNotice(context, id, notice);
    current.delete(notice.about);
  }
}

async function attempt(
  context: StoreContext,
  { destination, send, result }: Delivering,
  { notice: before, secret }: { notice: Notice; secret: string | undefined },
): Promise<void> {
  const at_ms = context.clock();
  const attempts = before.attempts + 1;
  // A run was killed in the last attempt, so its outcome is not known.
  const isOver = attempts > ATTEMPTS_MAX;
  const claimed: Notice = isOver
    ? { ...before, state: 'GIVEN_UP' }
    : { ...before, attempts, next_ms: nextAttempt(attempts, at_ms) };
  if (!(await putNotice(context, destination.id, { before, notice: claimed }))) return;
  if (isOver) {
    result.given_up += 1;
    return logAttempt(context, destination.id, { notice: claimed, attempt: { at_ms, ...CUT_OFF } });
  }
  const outcome = await send(destination, claimed, { secret, at_ms });
  const after: Notice = { ...claimed, state: stateAfter(outcome, attempts) };
  await logAttempt(context, destination.id, { notice: after, attempt: { at_ms, ...outcome } });
  if (after.state !== 'PENDING') await putNotice(context, destination.id, { before: claimed, notice: after });
  if (after.state === 'DELIVERED') result.delivered += 1;
  else result.failed += 1;
  if (after.state === 'GIVEN_UP') result.given_up += 1;
}

const CUT_OFF: PostOutcome = { answer_code: null, error: 'The function was cut off in the last attempt.' };

function stateAfter({ error }: PostOutcome, attempts: number): Notice['state'] {
  if (error === null) return 'DELIVERED';
  return attempts >= ATTEMPTS_MAX ? 'GIVEN_UP' : 'PENDING';
}
