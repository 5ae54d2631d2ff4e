import type { SignedPost } from './sign-request.ts';

/** Time-out of one call, milliseconds. */
const CALL_LIMIT_MS = 10_000;

export interface PostOptions {
  url: string;
  sign: (body: string) => Promise<SignedPost>;
}

/** Sends a mutation to the API. @throws Error when the API did not take it */
export async function postMutation(
  mutation: { query: string; variables: Record<string, unknown> },
  { url, sign }: PostOptions,
): Promise<void> {
  const post = await sign(JSON.stringify(mutation));
  const response = await fetch(url, {
    method: 'POST',
    ...post,
    signal: AbortSignal.timeout(CALL_LIMIT_MS),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`The API answered ${response.status}: ${text.slice(0, 500)}`);
  const { errors } = JSON.parse(text) as { errors?: { message: string }[] };
  if (errors?.length) throw new Error(`The API refused the mutation: ${errors[0]?.message}`);
}
