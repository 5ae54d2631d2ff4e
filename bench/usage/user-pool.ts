import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * A user pool on the loopback, in which every person is enabled: the API looks up each person who
 * changes something.
 */
export async function startUserPool(): Promise<{ endpoint: string; stop(): void }> {
  const server = createServer((_, response) => {
    response.setHeader('content-type', 'application/x-amz-json-1.1');
    response.end(JSON.stringify({ UserAttributes: [], Enabled: true }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () => server.close(),
  };
}
