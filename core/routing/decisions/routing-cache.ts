import type { Cache } from '../../cache/cache.ts';
import { ROUTING_CACHE } from '../../cache/forget-decisions.ts';
import { type CachePlace, makeNamedCache } from '../../cache/named-cache.ts';
import { jsonCodec } from '../../cache/value-codec.ts';
import { type RoutingDecision, routingDecisionSchema } from '../choice/routing-decision.ts';

export interface RoutingKey {
  policy_id: string;
  source_site_id: string;
  destination_site_id: string;
}

/** Policy and both sites → decision. */
export type RoutingCache = Cache<RoutingKey, RoutingDecision>;

export function makeRoutingCache(place: CachePlace): RoutingCache {
  return makeNamedCache(place, {
    name: ROUTING_CACHE,
    ttlOf: settings => settings.ROUTING_CACHE_TTL_SECONDS,
    codec: jsonCodec({ shape: 1, parse: raw => routingDecisionSchema.parse(raw) }),
    // As JSON, because ids may contain any separator.
    keyOf: key => JSON.stringify([key.policy_id, key.source_site_id, key.destination_site_id]),
  });
}
