import { fork } from 'node:child_process';
import { join } from 'node:path';
import type { Shape } from './fleet.ts';
import type { SimulatedUsage } from './simulation.ts';

/** Simulates a network in a process of its own. @throws Error when it ends without figures */
export function runSimulation(shape: Shape, minutes: number): Promise<SimulatedUsage> {
  const program = join(import.meta.dirname, 'simulate-shape.ts');
  const child = fork(program, [JSON.stringify({ shape, minutes })], { execArgv: [] });
  return new Promise((resolve, reject) => {
    let usage: SimulatedUsage | undefined;
    child.on('message', message => {
      usage = message as SimulatedUsage;
    });
    child.on('exit', code => {
      if (usage) resolve(usage);
      else reject(new Error(`A simulation ended with exit code ${code} and no figures.`));
    });
  });
}
