import { createServer } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';

/** A proxy for programs that must not leave this machine. */
export interface WayOut {
  url: string;
  /** Hosts that were asked for and refused. */
  refused: Set<string>;
  close(): Promise<void>;
}

/**
 * Leads the hosts that `leads` says yes to, to `port` of the loopback, and refuses all others. What
 * is posted to AppSync, under the address that the stack has, so ends at the emulator.
 */
export async function openWayOut({
  port,
  leads,
}: {
  port: number;
  leads: (host: string) => boolean;
}): Promise<WayOut> {
  const refused = new Set<string>();
  const server = createServer((request, response) => {
    refused.add(request.headers.host ?? '');
    response.writeHead(403).end();
  });
  const clients = new Set<Socket>();
  server.on('connection', client => {
    clients.add(client);
    client.once('close', () => clients.delete(client));
  });
  server.on('connect', (request, client, head) => {
    const host = request.url!.replace(/:\d+$/, '');
    if (!leads(host)) {
      refused.add(host);
      client.end('HTTP/1.1 403 Forbidden\r\n\r\n');
      return;
    }
    const target = connect(port, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      target.write(head);
      target.pipe(client).pipe(target);
    });
    target.on('error', () => client.destroy());
    client.on('error', () => target.destroy());
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    refused,
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve());
        for (const client of clients) client.destroy();
      }),
  };
}
