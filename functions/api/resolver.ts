import type { z } from 'zod';
import type { Caller } from '../../core/access/caller.ts';
import type { OperationName } from '../../core/access/roles.ts';
import type { WebhookRules } from '../../core/alarms/destinations/destination-input.ts';
import type { Asking } from '../../core/answers/asking.ts';
import type { ExportDispatcher } from '../../core/export/export-dispatcher.ts';
import type { LinkSigner } from '../../core/export/link-export.ts';
import type { PathMonitorEvents } from '../../core/routing/failover/path-monitor.ts';
import type { UserDirectory } from '../../core/users/user-directory.ts';
import type { Operations } from '../../graphql/schema.generated.ts';
import type { ProductCaches } from '../product-caches.ts';
import { parseArguments } from './parse-arguments.ts';

/** One request to one field: what the resolver works with apart from its arguments. */
export interface Call extends Asking {
  caller: Caller;
  /** Fills in what the caller's token doesn't say; never throws. */
  identify(caller: Caller): Promise<Caller>;
  /** Roles whose sessions are edges, see `requireEdge`. */
  edge_roles: readonly string[];
  /** Takes a cost off the caller's budget. @throws Throttled */
  spend(cost: number): Promise<void>;
  /** From when on an edge that reports nothing is silent, seconds. */
  silent_after_s?: number;
  /** Whether the flow log holds networks in place of hosts; it doesn't when left out. */
  flow_log_mask_hosts?: boolean;
  /** Paths of the selected fields, see `selectsOnly`. */
  selection: string[];
  /** This container's caches of path metrics and routing decisions. */
  caches: ProductCaches;
  /** Called for a path that changed sides. */
  onFailover: NonNullable<PathMonitorEvents['onFailover']>;
  exports: ExportPorts;
  /** Of all prices, ISO 4217. */
  currency: string;
  /** The people who can sign in. */
  directory: UserDirectory;
  /** Which addresses webhooks may lead to; public ones alone when left out. */
  webhook_rules?: WebhookRules;
}

/** What exports need apart from the tables. */
export interface ExportPorts {
  dispatcher: ExportDispatcher;
  signer: LinkSigner;
  retention_days: number;
}

/** Answers one field. */
export interface Resolver<Given, Result> {
  /** @throws PatronusError, and whatever else goes wrong */
  run(given: Given, call: Call): Promise<Result>;
  /** What a refused attempt was aimed at, for the audit log. */
  target(given: Given): string | null;
}

export interface ResolverParts<S extends z.ZodType, Result> {
  /** Checks the arguments; GraphQL has checked their types already. */
  arguments: S;
  resolve(args: z.output<S>, call: Call): Promise<Result>;
  /** What it costs of the caller's budget, see `COSTS`; nothing when left out. */
  cost?(args: z.output<S>): number;
  target?(given: z.input<S>): string | null;
}

/** Makes a resolver whose `resolve` sees checked arguments only. */
export function resolver<S extends z.ZodType, Result>(
  parts: ResolverParts<S, Result>,
): Resolver<z.input<S>, Result> {
  return {
    async run(given, call) {
      const args = parseArguments(parts.arguments, given);
      const cost = parts.cost?.(args) ?? 0;
      if (cost > 0) await call.spend(cost);
      return parts.resolve(args, call);
    },
    target: given => parts.target?.(given) ?? null,
  };
}

/**
 * A resolver for every operation, each for exactly the arguments and the result that the schema
 * says.
 */
export type Resolvers = {
  [Name in OperationName]: Resolver<Operations[Name]['arguments'], Operations[Name]['result']>;
};
