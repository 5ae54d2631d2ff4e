import { setTimeout as wait } from 'node:timers/promises';
import type { EdgeFleet } from './edge-fleet.ts';
import type { EventLog } from './event-log.ts';
import type { PlannedKill } from './kill-plan.ts';
import { partsOf } from './processes.ts';
import type { SupervisedSystem } from './supervised-system.ts';

export interface KillerOptions {
  plan: readonly PlannedKill[];
  system: SupervisedSystem;
  fleet: EdgeFleet;
  log: EventLog;
  signal: AbortSignal;
}

/**
 * Kills by plan. If a process does not exist at that moment, nothing is killed, and the log says
 * so.
 */
export class Killer {
  /** How many of each were killed: functions and engines by their names. */
  readonly counts = new Map<string, number>();
  readonly #options: KillerOptions;

  constructor(options: KillerOptions) {
    this.#options = options;
  }

  async run(): Promise<void> {
    const { plan, signal, log } = this.#options;
    const began = performance.now();
    for (const kill of plan) {
      const pause = began + kill.at_ms - performance.now();
      if (pause > 0) await wait(pause, undefined, { signal }).catch(() => {});
      if (signal.aborted) return;
      const name = await this.#kill(kill);
      log.write('kill', { kind: kill.kind, planned_ms: kill.at_ms, killed: name ?? null });
      if (name !== undefined) this.counts.set(name, (this.counts.get(name) ?? 0) + 1);
    }
  }

  async #kill({ kind, pick }: PlannedKill): Promise<string | undefined> {
    const { system, fleet } = this.#options;
    if (kind === 'edges') {
      fleet.kill(pick);
      return 'edges';
    }
    const { pid } = system;
    if (pid === undefined) return undefined;
    // It is disturbed once during its start: on a slow machine it would otherwise never be ready.
    if (!system.isReady && system.failedStarts > 0) return undefined;
    if (kind === 'system') {
      system.kill();
      return 'system';
    }
    const { functions, engines } = await partsOf(pid);
    const parts = kind === 'engines' ? new Map([...engines].map(([name, one]) => [name, [one]])) : functions;
    const names = [...parts.keys()].sort();
    const name = names[pick % names.length];
    if (name === undefined) return undefined;
    const all = parts.get(name)!;
    system.disturb();
    try {
      process.kill(all[pick % all.length]!.pid, 'SIGKILL');
    } catch {
      // It has just ended by itself.
      return undefined;
    }
    return name;
  }
}
