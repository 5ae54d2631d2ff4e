import type { StoreContext } from '../../storage/store-context.ts';
import { finishVoid } from './finish-void.ts';
import { forgetRunning, readRunningVoids } from './running-voids.ts';
import type { OnVoided } from './void-done.ts';

/** No request runs this long. */
const CUT_OFF_MS = 60_000;

/**
 * A step of clean-up: finishes voids that were killed. Reports of their boots are refused already,
 * but their counts are still shown.
 *
 * @param until no void is finished after it: milliseconds since the epoch
 */
export async function finishVoids(
  context: StoreContext,
  { until, onVoided }: { until: number; onVoided: OnVoided },
): Promise<{ finished: number }> {
  let finished = 0;
  for (const running of await readRunningVoids(context)) {
    if (running.at + CUT_OFF_MS > context.clock()) continue;
    if (context.clock() >= until) break;
    if (running.done) {
      await forgetRunning(context, running.audit_id);
      continue;
    }
    if (await finishVoid(context, running, onVoided)) finished += 1;
  }
  return { finished };
}
