import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { openWayOut, type WayOut } from '../../../../scripts/rehearse/way-out.ts';

const emulator = createServer((_, response) => response.end('from the emulator'));
let wayOut: WayOut;

afterEach(async () => {
  await wayOut.close();
  await new Promise(resolve => emulator.close(resolve));
});

async function open(): Promise<void> {
  await new Promise<void>(resolve => emulator.listen(0, '127.0.0.1', resolve));
  const { port } = emulator.address() as AddressInfo;
  wayOut = await openWayOut({ port, leads: host => host === 'a.example.com' });
}

/**
 * Requests a connection to a host, like programs with HTTPS_PROXY; the answer to a request over it,
 * or the status of the refusal.
 */
function askThrough(host: string): Promise<string | number> {
  const { port } = new URL(wayOut.url);
  return new Promise((resolve, reject) => {
    const tunnel = request({ host: '127.0.0.1', port, method: 'CONNECT', path: `${host}:443` });
    tunnel.once('error', reject);
    tunnel.once('connect', ({ statusCode }, socket) => {
      if (statusCode !== 200) {
        socket.destroy();
        resolve(statusCode!);
        return;
      }
      const inner = request({ createConnection: () => socket, path: '/' }, async response => {
        resolve(Buffer.concat(await response.toArray()).toString());
      });
      inner.once('error', reject);
      inner.end();
    });
    tunnel.end();
  });
}

describe('the proxy of a rehearsal', () => {
  it('forwards the hosts of the emulator, and refuses and remembers all others', async () => {
    await open();
    expect(await askThrough('a.example.com')).toBe('from the emulator');
    expect(await askThrough('b.example.com')).toBe(403);
    const plain = await new Promise<number>((resolve, reject) => {
      const { port } = new URL(wayOut.url);
      request({ host: '127.0.0.1', port, path: 'http://c.example.com/', headers: { host: 'c.example.com' } })
        .once('response', response => resolve(response.resume().statusCode!))
        .once('error', reject)
        .end();
    });
    expect(plain).toBe(403);
    expect([...wayOut.refused]).toEqual(['b.example.com', 'c.example.com']);
  });
});
