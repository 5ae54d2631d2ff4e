import { afterEach, describe, expect, it, vi } from 'vitest';
import { makeApiClient } from '../../../functions/api-client.ts';

const client = makeApiClient({
  GRAPHQL_URL: 'https://api.example.com/graphql',
  AWS_REGION: 'eu-central-1',
  AWS_ACCESS_KEY_ID: 'key',
  AWS_SECRET_ACCESS_KEY: 'secret',
});

afterEach(() => vi.unstubAllGlobals());

describe('the log of the broadcast function when the API rejects a mutation', () => {
  it.each<[string, () => Promise<Response>]>([
    [
      'The API refused the mutation: Not authorized.',
      async () => Response.json({ errors: [{ message: 'Not authorized.' }] }),
    ],
    [
      `The API answered 401: {"errors":[{"message":"Expired."}]}`,
      async () => Response.json({ errors: [{ message: 'Expired.' }] }, { status: 401 }),
    ],
    [`The API answered 503: ${'x'.repeat(500)}`, async () => new Response('x'.repeat(600), { status: 503 })],
    [
      'fetch failed',
      async () => {
        throw new TypeError('fetch failed', { cause: { code: 'ECONNRESET' } });
      },
    ],
  ])('%s', async (message, fetch) => {
    vi.stubGlobal('fetch', fetch);
    await expect(client.query('mutation { publishEvent(type: "X") { type } }')).rejects.toMatchObject({
      message,
    });
  });
});
