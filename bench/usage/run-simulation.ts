import { fork } from 'node:child_process';
import { join } from 'node:path';
import { type DeployedFacts, deployedFacts } from './deployed-facts.ts';
import type { Shape } from './fleet.ts';
import type { SimulationMessage, SimulationTask } from './simulate-shape.ts';
import type { SimulatedUsage } from './simulated-usage.ts';

export interface RunOptions {
  /** Minutes that a console is open afterwards; none when left out. */
  console_minutes?: number;
  /** Called after each simulated hour with the use so far. */
  onHour?: (usage: SimulatedUsage) => void;
}

let facts: DeployedFacts | undefined;

/** Simulates a network in a separate process. @throws Error when it ends without figures */
export function runSimulation(
  shape: Shape,
  minutes: number,
  { console_minutes = 0, onHour = () => {} }: RunOptions = {},
): Promise<SimulatedUsage> {
  facts ??= deployedFacts();
  const { broadcast_filters } = facts;
  const task: SimulationTask = { shape, minutes, console_minutes, broadcast_filters };
  const child = fork(join(import.meta.dirname, 'simulate-shape.ts'), [JSON.stringify(task)], {
    execArgv: ['--import', join(import.meta.dirname, 'simulated-sleep.ts')],
  });
  return new Promise((resolve, reject) => {
    let usage: SimulatedUsage | undefined;
    child.on('message', (message: SimulationMessage) => {
      if (message.done) usage = message.usage;
      else onHour(message.usage);
    });
    child.on('exit', code => {
      if (usage) resolve(usage);
      else reject(new Error(`A simulation ended with exit code ${code} and no figures.`));
    });
  });
}
