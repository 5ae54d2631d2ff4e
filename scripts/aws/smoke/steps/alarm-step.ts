import type { SmokeStep } from '../smoke-step.ts';

export const alarmStep: SmokeStep = {
  name: 'alarm',
  proves: 'an alarm that goes off reaches whoever has subscribed to the topic',
  needs: [],
  run: bench => bench.system.alarmArrives(bench),
};
