import type { SmokeStep } from '../smoke-step.ts';

export const alarmStep: SmokeStep = {
  name: 'alarm',
  proves: 'an alarm reaches the subscribers of the topic',
  needs: [],
  run: bench => bench.system.alarmArrives(bench),
};
