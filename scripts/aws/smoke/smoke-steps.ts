import type { SmokeStep } from './smoke-step.ts';
import { alarmStep } from './steps/alarm-step.ts';
import { commandsStep } from './steps/commands-step.ts';
import { countsStep } from './steps/counts-step.ts';
import { edgeStep } from './steps/edge-step.ts';
import { exportStep } from './steps/export-step.ts';
import { machineStep } from './steps/machine-step.ts';
import { networkStep } from './steps/network-step.ts';
import { peopleStep } from './steps/people-step.ts';
import { rolesStep } from './steps/roles-step.ts';
import { undoStep } from './steps/undo-step.ts';

/** All steps, in the order in which they run. */
export const SMOKE_STEPS: readonly SmokeStep[] = [
  peopleStep,
  networkStep,
  edgeStep,
  rolesStep,
  countsStep,
  commandsStep,
  machineStep,
  undoStep,
  exportStep,
  alarmStep,
];
