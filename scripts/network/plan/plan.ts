import type { MatchedNetwork, SiteRef } from '../match-network.ts';
import type { CallName } from '../network-calls.ts';
import type { FileNetwork, Problem, SystemNetwork } from '../network-model.ts';
import type { StepTexts } from '../step-texts.ts';

/** Ids in the system by item of the file; those of new items are added when they are created. */
export type Ids = Map<object, string>;

/** One call of the API. */
export interface Call {
  name: CallName;
  arguments: (ids: Ids) => Record<string, unknown>;
  /** The item of the file whose id the answer has. */
  makes?: object;
}

/**
 * One step of a plan: a creation, change or deletion, done completely or not at all; only a
 * replacement has two calls.
 */
export interface Step {
  kind: 'create' | 'change' | 'replace' | 'delete';
  /** Such as `site "Berlin"`. */
  title: string;
  /** Lines about old and new values, or about dependent objects that are removed too. */
  details: string[];
  calls: Call[];
  /** The site that it deletes, so that the system can be asked for a preview. */
  deletes_site?: string;
}

export interface Plan {
  steps: Step[];
  /** Ids of the items that the system already has. */
  ids: Ids;
  /** Problems of the file compared with this system; if there are any, there are no steps. */
  problems: Problem[];
}

/** The inputs of the functions that plan steps. */
export interface PlanContext {
  file: FileNetwork;
  system: SystemNetwork;
  matched: MatchedNetwork;
  texts: StepTexts;
}

/** Whether a step removes something. */
export function isRemoval({ kind }: Step): boolean {
  return kind === 'delete' || kind === 'replace';
}

/** The id of a site that exists or that an earlier step has created. */
export const siteId = (ref: SiteRef, ids: Ids): string => ('id' in ref ? ref.id : ids.get(ref.file)!);
