import { decide, type Grant } from './decide.ts';
import type { AwsRequest, Need, Place } from './need.ts';
import { needsOfRequest } from './needs-of-request.ts';
import { Refusal } from './refusal.ts';
import type { Statement } from './statement.ts';
import type { Watch } from './watch-requests.ts';

/** The role of the caller, and its permissions. */
export interface Rights {
  /** Name of the role. */
  role: string;
  statements: Statement[];
  place: Place;
}

export interface Observer {
  onGrant?(grant: Grant): void;
  onRefusal?(refusal: Error): void;
}

export interface GuardOptions extends Observer {
  /** The resource of the template that a resource replaces. */
  rename?(resource: string): string;
}

/** Refuses calls that the policies of a role don't allow. */
export function makeGuard(rights: Rights, { rename, ...observer }: GuardOptions = {}): Watch {
  const needs = (request: AwsRequest): Need[] => {
    const found = needsOfRequest(request, rights.place);
    return rename ? found.map(need => ({ ...need, resource: rename(need.resource) })) : found;
  };
  return request => {
    const refusal = refusalOf(() => needs(request), rights, observer);
    if (refusal) observer.onRefusal?.(refusal);
    return refusal;
  };
}

function refusalOf(needs: () => Need[], { role, statements }: Rights, observer: Observer): Error | undefined {
  try {
    for (const need of needs()) {
      const decision = decide(statements, need);
      if (!decision.allowed) return new Refusal(role, need, decision);
      for (const grant of decision.grants) observer.onGrant?.(grant);
    }
    return undefined;
  } catch (unknown) {
    return unknown as Error;
  }
}
