import {
  NEW_BOOT_AFTER,
  type NewBootOrder,
  type PendingCommand,
  type ProbeOrder,
  type RoutesOrder,
} from '../../core/commands/edge-command.ts';
import type { RoutesHint } from '../paths/routes-reading.ts';
import type { PolicySet } from '../policies/policy-set.ts';
import { readSystemPolicies } from '../policies/system-policies.ts';
import type { ProbeAnswer } from '../probe/probe-outcome.ts';
import type { EdgeApi } from './edge-api.ts';

export interface CarryOutOptions {
  api: EdgeApi;
  probe: (order: ProbeOrder) => Promise<ProbeAnswer>;
  /** Applies other policies, from the next packet on. */
  setPolicies: (policies: PolicySet) => void;
  /** Applies other routes from now on. */
  setRoutes: (routes: RoutesOrder) => void;
  /** Reads paths and routes again if the hint announces newer ones. */
  hintPaths: (hint: RoutesHint) => void;
  /** Ends the boot if it is still the current one: the next report starts another one. */
  endBoot: (boot_id: string) => void;
  /** Called when the system refuses reports. */
  onRefused: (order: NewBootOrder) => void;
  now?: () => number;
}

/** Executes a command. Unknown kinds, which later releases may have, are ignored. */
export function makeCarryOut({
  api,
  probe,
  setPolicies,
  setRoutes,
  hintPaths,
  endBoot,
  onRefused,
  now = Date.now,
}: CarryOutOptions): (command: PendingCommand) => Promise<void> {
  let policies: Promise<unknown> = Promise.resolve();
  let newest = 0;
  /**
   * Reads policies one after another, so that the last ones read are the last ones applied; each at
   * least as new as the one before.
   * @returns the version that was read
   */
  function readPolicies(told: string): Promise<string> {
    const reading = policies.then(async () => {
      const read = await readSystemPolicies(api, String(Math.max(newest, Number(told))));
      newest = Number(read.version);
      setPolicies(read);
      return read.version;
    });
    policies = reading.catch(() => {});
    return reading;
  }

  return async command => {
    switch (command.type) {
      case 'ROUTES':
        return setRoutes(command.data);
      case 'POLICIES':
        return hintPaths({ policies_version: await readPolicies(command.data.policies_version) });
      case 'PATHS':
        return hintPaths(command.data);
      case 'NEW_BOOT':
        onRefused(command.data);
        if (endsBoot(command.data)) endBoot(command.data.boot_id);
        return;
      case 'PROBE':
        // The caller no longer waits: the command expires.
        if (isOver(command.data, now())) return;
        await api.reportProbe(command.id, await probe(command.data));
    }
  };
}

/**
 * The remaining time decides. Systems of earlier releases send only the end time by their clock.
 */
function isOver({ within_ms, until }: ProbeOrder, now: number): boolean {
  return within_ms === undefined ? Date.parse(until) < now : within_ms <= 0;
}

/** Whether enough reports of a boot were refused to end it. */
export function endsBoot({ contradictions }: NewBootOrder): boolean {
  return contradictions >= NEW_BOOT_AFTER;
}
