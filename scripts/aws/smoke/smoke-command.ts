import { monotonicFactory } from 'ulid';
import { systemClock, systemSleep } from '../../../core/time/clock.ts';
import { stopSignal } from '../../../edge/cli/stop-signal.ts';
import { openTerminal } from '../../../edge/cli/terminal.ts';
import { runSmoke } from './run-smoke.ts';
import type { SmokeOptions } from './smoke-options.ts';
import type { SmokeSystem } from './smoke-step.ts';
import { SMOKE_STEPS } from './smoke-steps.ts';
import { outcomeLine, summary, undoneLine } from './smoke-text.ts';

const FAILED = 1;
const INTERRUPTED = 130;

const ulid = monotonicFactory();

/**
 * Runs the smoke test and returns its exit code: 0 all steps passed and were undone, 1 otherwise,
 * 130 interrupted.
 */
export async function smoke(options: SmokeOptions, write: (text: string) => void): Promise<number> {
  const system = await openSystem(options);
  const terminal = openTerminal();
  const signal = stopSignal(() =>
    terminal.say('Stopping: everything that the test created is being removed.'),
  );
  write(`Smoke test of ${system.title}.\n`);
  const result = await runSmoke({
    steps: SMOKE_STEPS,
    bench: {
      system,
      run_id: ulid().slice(-10).toLowerCase(),
      signal,
      clock: systemClock,
      sleep: systemSleep,
      say: line => terminal.say(line),
    },
    leftOut: options.skip,
    onOutcome: outcome => write(`${outcomeLine(outcome)}\n`),
    onUndone: undone => write(`${undoneLine(undone)}\n`),
  });
  write(`${summary(result)}\n`);
  if (result.interrupted) return INTERRUPTED;
  const failed = result.outcomes.some(({ state }) => state === 'failed');
  return failed || result.undone.some(({ cause }) => cause !== undefined) ? FAILED : 0;
}

async function openSystem(options: SmokeOptions): Promise<SmokeSystem> {
  if (options.local) {
    const { localSmokeSystem } = await import('./local-smoke-system.ts');
    return localSmokeSystem(options.system);
  }
  const { cloudSmokeSystem } = await import('./cloud-smoke-system.ts');
  return cloudSmokeSystem(options);
}
