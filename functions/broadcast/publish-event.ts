import type { GraphqlClient } from '../../core/appsync/graphql-client.ts';
import type { BroadcastEvent } from '../../core/events/broadcast-event.ts';
import { PUBLISH_EVENT } from '../../graphql/publish-event.ts';

/** AppSync takes 240 KB a subscription payload; what is larger is published without its data. */
const MAX_DATA_CHARACTERS = 200_000;

/** Publishes one event to the subscribers of `events`. @throws Error when the API did not take it */
export async function publishEvent(event: BroadcastEvent, api: GraphqlClient): Promise<void> {
  const data = JSON.stringify(event.data ?? null);
  const variables = { ...event, data: data.length > MAX_DATA_CHARACTERS ? null : data };
  await api.query(PUBLISH_EVENT, variables);
}
