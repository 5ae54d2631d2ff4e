import type { BroadcastEvent } from '../../core/events/broadcast-event.ts';
import { PUBLISH_EVENT } from '../../graphql/publish-event.ts';
import type { SignedPost } from './sign-request.ts';

/** AppSync takes 240 KB a subscription payload; what is larger is told without its data. */
const MAX_DATA_CHARACTERS = 200_000;

/** Time-out of one call, milliseconds. */
const CALL_LIMIT_MS = 10_000;

export interface PublishOptions {
  url: string;
  sign: (body: string) => Promise<SignedPost>;
}

/** Publishes one event to the subscribers of `events`. @throws Error when the API did not take it */
export async function publishEvent(event: BroadcastEvent, { url, sign }: PublishOptions): Promise<void> {
  const data = JSON.stringify(event.data ?? null);
  const variables = { ...event, data: data.length > MAX_DATA_CHARACTERS ? null : data };
  const post = await sign(JSON.stringify({ query: PUBLISH_EVENT, variables }));
  const response = await fetch(url, {
    method: 'POST',
    ...post,
    signal: AbortSignal.timeout(CALL_LIMIT_MS),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`The API answered ${response.status}: ${text.slice(0, 500)}`);
  const { errors } = JSON.parse(text) as { errors?: { message: string }[] };
  if (errors?.length) throw new Error(`The API refused the event: ${errors[0]?.message}`);
}
