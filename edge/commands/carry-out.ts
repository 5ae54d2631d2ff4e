import type { PendingCommand, RoutesOrder } from '../../core/commands/edge-command.ts';
import type { PolicySet } from '../policies/policy-set.ts';
import { readSystemPolicies } from '../policies/system-policies.ts';
import type { EdgeApi, ProbeAnswer } from './edge-api.ts';

export interface CarryOutOptions {
  api: EdgeApi;
  probe: (target: string) => Promise<ProbeAnswer>;
  /** Takes other policies from the next packet on. */
  setPolicies: (policies: PolicySet) => void;
  /** Takes other paths from now on. */
  setRoutes: (routes: RoutesOrder) => void;
  now?: () => number;
}

/** Does what a command says. */
export function makeCarryOut({
  api,
  probe,
  setPolicies,
  setRoutes,
  now = Date.now,
}: CarryOutOptions): (command: PendingCommand) => Promise<void> {
  return async command => {
    if (command.type === 'ROUTES') return setRoutes(command.data);
    if (command.type === 'POLICIES') return setPolicies(await readSystemPolicies(api));
    // Nobody waits any more: it is dropped by itself.
    if (Date.parse(command.data.until) < now()) return;
    await api.reportProbe(command.id, await probe(command.data.target));
  };
}
