import type { GraphqlClient } from '../../core/appsync/graphql-client.ts';
import type { BroadcastEvent } from '../../core/events/event-of-entry.ts';
import { PUBLISH_EVENT } from '../../graphql/publish-event.ts';

/**
 * Maximum bytes of an event in the payload of a subscription: AppSync's 240 KB, less room for a
 * subscriber's names and aliases. Bytes are counted as sent: in UTF-8, with the data escaped as a
 * JSON string inside JSON.
 */
const MAX_EVENT_BYTES = 236 * 1024;

/**
 * Publishes one event to the subscribers of `events`; without its data if that is too large.
 * @throws Error if the API did not accept it
 */
export async function publishEvent(event: BroadcastEvent, api: GraphqlClient): Promise<void> {
  const whole = { ...event, data: JSON.stringify(event.data ?? null) };
  const fits = Buffer.byteLength(JSON.stringify(whole)) <= MAX_EVENT_BYTES;
  await api.query(PUBLISH_EVENT, fits ? whole : { ...event, data: null });
}
