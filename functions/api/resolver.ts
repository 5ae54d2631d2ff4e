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

/** The context of a request to one field, apart from its arguments. */
export interface Call extends Asking {
  caller: Caller;
  /** Fills in data that the caller's token doesn't contain; never throws. */
  identify(caller: Caller): Promise<Caller>;
  /** Roles whose sessions are edges, see `requireEdge`. */
  edge_roles: readonly string[];
  /** Charges a cost to the caller's budget. @throws Throttled */
  spend(cost: number): Promise<void>;
  /** Seconds without a report after which an edge is silent. */
  silent_after_s?: number;
  /** Whether the flow log contains networks instead of hosts; default: false. */
  flow_log_mask_hosts?: boolean;
  /** Paths of the selected fields, see `selectsOnly`. */
  selection: string[];
  /** This container's caches of path metrics and routing decisions. */
  caches: ProductCaches;
  /** Called when policies left or returned to a path. */
  onFailover: NonNullable<PathMonitorEvents['onFailover']>;
  exports: ExportPorts;
  /** Currency of all prices, ISO 4217. */
  currency: string;
  /** The people who can sign in. */
  directory: UserDirectory;
  /** Addresses that webhooks may have; default: only public ones. */
  webhook_rules?: WebhookRules;
}

/** The services that exports need, apart from the tables. */
export interface ExportPorts {
  dispatcher: ExportDispatcher;
  signer: LinkSigner;
  retention_days: number;
}

/** Answers one field. */
export interface Resolver<Given, Result> {
  /** @throws PatronusError for refusals; any other error is a fault */
  run(given: Given, call: Call): Promise<Result>;
  /** The target of a refused attempt, for the audit log. */
  target(given: Given): string | null;
}

export interface ResolverParts<S extends z.ZodType, Result> {
  /** Validates the arguments; GraphQL has checked their types already. */
  arguments: S;
  resolve(args: z.output<S>, call: Call): Promise<Result>;
  /** The cost for the caller's budget, see `COSTS`; default: nothing. */
  cost?(args: z.output<S>): number;
  target?(given: z.input<S>): string | null;
}

/** Makes a resolver whose `resolve` gets validated arguments. */
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

/** One resolver per operation, with the arguments and the result of the schema. */
export type Resolvers = {
  [Name in OperationName]: Resolver<Operations[Name]['arguments'], Operations[Name]['result']>;
};
