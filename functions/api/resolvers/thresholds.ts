import { z } from 'zod';
import { readSettings } from '../../../core/alarms/settings/read-settings.ts';
import { settingTarget } from '../../../core/alarms/settings/setting.ts';
import {
  removeThreshold,
  setThreshold,
  updateThreshold,
} from '../../../core/alarms/thresholds/change-thresholds.ts';
import { isRaised, type ThresholdState } from '../../../core/alarms/thresholds/judge-threshold.ts';
import { METRICS, THRESHOLD, type Threshold, targetOf } from '../../../core/alarms/thresholds/threshold.ts';
import { newThreshold, thresholdPatch } from '../../../core/alarms/thresholds/threshold-input.ts';
import { readStates, type ThresholdStates } from '../../../core/alarms/thresholds/threshold-states.ts';
import { idArgument } from '../../../core/answers/id-argument.ts';
import { readTargetNames } from '../../../core/answers/target-names.ts';
import { timestamp } from '../../../core/storage/store-context.ts';
import type { Threshold as Presented, ThresholdStatus } from '../../../graphql/schema.generated.ts';
import { pageOfSettings, settingPage } from '../page-of-settings.ts';
import { type Resolvers, resolver } from '../resolver.ts';

type ThresholdOperation =
  | 'Query.thresholds'
  | 'Mutation.setThreshold'
  | 'Mutation.updateThreshold'
  | 'Mutation.removeThreshold';

const target = ({ id }: { id: string }) => settingTarget(THRESHOLD, id);

export const thresholdResolvers: Pick<Resolvers, ThresholdOperation> = {
  'Query.thresholds': resolver({
    arguments: z.object(settingPage),
    async resolve(query, { context }) {
      const [all, states] = await Promise.all([readSettings(context, THRESHOLD), readStates(context)]);
      const page = pageOfSettings(THRESHOLD, all, query);
      const names = await readTargetNames(
        context,
        page.items.map(threshold => ({ target: targetOf(threshold) })),
      );
      const items = page.items.map((threshold, index) => present(threshold, states, names[index]));
      return { ...page, items };
    },
  }),

  'Mutation.setThreshold': resolver({
    arguments: z.object({ ...newThreshold, target_id: idArgument }),
    async resolve(input, { context, caller }) {
      return present(await setThreshold(context, caller, input));
    },
  }),

  'Mutation.updateThreshold': resolver({
    arguments: z.object({ id: idArgument, ...thresholdPatch }),
    target,
    async resolve(patch, { context, caller }) {
      return present(await updateThreshold(context, caller, patch));
    },
  }),

  'Mutation.removeThreshold': resolver({
    arguments: z.object({ id: idArgument }),
    target,
    async resolve({ id }, { context, caller }) {
      const { removed, audit_id } = await removeThreshold(context, caller, id);
      return {
        success: true,
        message: `The threshold ${removed.name} is removed.`,
        audit_id,
        finished: true,
      };
    },
  }),
};

/** A new or changed threshold has no state yet; it is evaluated within a minute. */
function present(threshold: Threshold, states?: ThresholdStates, name?: string | null): Presented {
  const kept = states?.states.get(threshold.id);
  const state = kept?.revision === threshold.updated_at ? kept : undefined;
  return {
    ...threshold,
    unit: METRICS[threshold.metric].unit,
    target_name: name ?? null,
    status: statusOf(threshold, state),
    current_value: state?.value ?? null,
    current_at: state && states ? timestamp(states.minute_ms) : null,
    since: state?.since_ms ? timestamp(state.since_ms) : null,
  };
}

function statusOf(threshold: Threshold, state: ThresholdState | undefined): ThresholdStatus {
  if (!state) return 'UNKNOWN';
  if (isRaised(threshold, state)) return 'RAISED';
  if (state.unknown_since_ms !== null) return 'UNKNOWN';
  return state.count > 0 ? 'BEYOND' : 'WITHIN';
}
