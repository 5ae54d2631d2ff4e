import { createSocket, type Socket } from 'node:dgram';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { outcomeOf } from '../../../edge/probe/probe-outcome.ts';
import { probePath } from '../../../edge/probe/probe-path.ts';
import { splitAddress } from '../../../edge/probe/split-address.ts';
import { probeByConnecting } from '../../../edge/probe/tcp-connect.ts';
import { probeByEcho, startEchoResponder } from '../../../edge/probe/udp-echo.ts';

const loopback = { port: 0, addresses: ['127.0.0.1'] as [string] };
const answerTo = (probe: Buffer) => Buffer.concat([Buffer.from('PATA'), probe.subarray(4)]);
const quick = { interval_ms: 0, wait_ms: 300 };

describe('UDP echo', () => {
  it('measures real packets that another edge returns', async () => {
    const heard: string[] = [];
    const responder = await startEchoResponder({ ...loopback, onProbe: address => heard.push(address) });
    const outcome = await probeByEcho({ host: '127.0.0.1', port: responder.port, count: 20, ...quick });
    await responder.close();
    expect(outcome).toMatchObject({ sent: 20, received: 20 });
    expect(heard).toEqual(Array.from({ length: 20 }, () => '127.0.0.1'));
    expect(outcome.latency_ms).toBeGreaterThan(0);
    expect(outcome.latency_ms).toBeLessThan(300);
    expect(outcome.jitter_ms).toBeGreaterThanOrEqual(0);
  });

  it('counts packets that do not return as lost, repeated ones once, and foreign ones not at all', async () => {
    const odd = createSocket('udp4');
    odd.bind(0, '127.0.0.1');
    await once(odd, 'listening');
    let probes = 0;
    odd.on('message', (message, from) => {
      const answer = () => odd.send(answerTo(message), from.port, from.address);
      odd.send('nonsense', from.port, from.address);
      odd.send(message, from.port, from.address);
      odd.send(Buffer.alloc(message.length), from.port, from.address);
      if (probes++ % 2 === 0) return;
      answer();
      answer();
    });
    const { port } = odd.address();
    const outcome = await probeByEcho({ host: '127.0.0.1', port, count: 10, ...quick });
    odd.close();
    expect(outcome).toMatchObject({ sent: 10, received: 5 });
  });

  it('loses every packet without an answer, with the waiting time as latency', async () => {
    const silent = createSocket('udp4');
    silent.bind(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address();
    expect(await probeByEcho({ host: '127.0.0.1', port, count: 3, ...quick })).toEqual({
      sent: 3,
      received: 0,
      latency_ms: 300,
      jitter_ms: 0,
    });
    silent.close();
  });

  it('answers only probes, and never with more bytes than it received', async () => {
    const responder = await startEchoResponder(loopback);
    const client = createSocket('udp4');
    const got: number[] = [];
    client.on('message', message => got.push(message.length));
    const probe = Buffer.concat([Buffer.from('PATR'), Buffer.alloc(12)]);
    for (const message of [Buffer.from('hello'), Buffer.alloc(1400), Buffer.concat([probe, probe]), probe]) {
      client.send(message, responder.port, '127.0.0.1');
    }
    await once(client, 'message');
    client.close();
    await responder.close();
    expect(got).toEqual([16]);
  });

  it('is not answered itself: a forged packet starts no loop between two responders', async () => {
    const [first, second] = [await startEchoResponder(loopback), await startEchoResponder(loopback)];
    const client = createSocket('udp4');
    const probe = (token: string) => Buffer.concat([Buffer.from(`PATR${token}`), Buffer.alloc(4)]);
    client.send(probe('forged..'), first.port, '127.0.0.1');
    const [answer] = (await once(client, 'message')) as [Buffer];
    expect(answer).toEqual(answerTo(probe('forged..')));
    // The message to the second one if the packet had come with its address. It answers in turn:
    // the probe comes later.
    client.send(answer, second.port, '127.0.0.1');
    client.send(probe('probe...'), second.port, '127.0.0.1');
    const [next] = (await once(client, 'message')) as [Buffer];
    client.close();
    await Promise.all([first.close(), second.close()]);
    expect(next).toEqual(answerTo(probe('probe...')));
  });

  it('uses the first address that this machine has, and no other address if the port is in use', async () => {
    const responder = await startEchoResponder({
      port: 0,
      addresses: ['2001:db8::1', '192.0.2.1', '127.0.0.1'],
    });
    const { port } = responder;
    expect(await probeByEcho({ host: '127.0.0.1', port, count: 2, ...quick })).toMatchObject({ received: 2 });
    await expect(startEchoResponder({ port, addresses: ['127.0.0.1', '127.0.0.2'] })).rejects.toThrow(
      `bind EADDRINUSE 127.0.0.1:${port}`,
    );
    await responder.close();
  });

  it('leaves no socket open if its own end cannot be bound', async () => {
    const sockets: Socket[] = [];
    const note = (made: unknown) => sockets.push((made as { socket: Socket }).socket);
    subscribe('udp.socket', note);
    const probing = probeByEcho({ host: '127.0.0.1', port: 9, local_address: '192.0.2.1', ...quick });
    await expect(probing).rejects.toThrow('bind EADDRNOTAVAIL 192.0.2.1');
    await expect(startEchoResponder({ port: 0, addresses: ['192.0.2.1'] })).rejects.toThrow(
      'bind EADDRNOTAVAIL 192.0.2.1',
    );
    unsubscribe('udp.socket', note);
    expect(sockets).toHaveLength(2);
    for (const socket of sockets) expect(() => socket.address()).toThrow('Not running');
  });
});

describe('TCP connect', () => {
  it('measures accepted connections', async () => {
    const server = createServer(socket => socket.destroy());
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const outcome = await probeByConnecting({ host: '127.0.0.1', port, count: 3, ...quick });
    server.close();
    expect(outcome).toMatchObject({ sent: 3, received: 3 });
  });

  it('counts a refusal as an answer, which came over the path', async () => {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, 'close');
    const outcome = await probeByConnecting({ host: '127.0.0.1', port, count: 2, ...quick });
    expect(outcome).toMatchObject({ sent: 2, received: 2 });
  });
});

describe('probing a path', () => {
  const now = () => Date.UTC(2026, 0, 31, 12);
  const outcome = (received: number) => ({ sent: 20, received, latency_ms: 12, jitter_ms: 1 });
  const measured_at = '2026-01-31T12:00:00.000Z';

  it('uses the echoes if any come back', async () => {
    const echo = async () => outcome(19);
    expect(await probePath({ target: '192.0.2.1' }, { echo, now })).toEqual({
      method: 'UDP_ECHO',
      ...outcome(19),
      measured_at,
      error: null,
    });
  });

  it('connects to the address if no edge answers, on the given port', async () => {
    const tried: object[] = [];
    const tools = {
      now,
      echo: async (options: object) => {
        tried.push(options);
        return outcome(0);
      },
      connect: async (options: object) => {
        tried.push(options);
        return { ...outcome(5), sent: 5 };
      },
    };
    expect(await probePath({ target: '192.0.2.1' }, tools)).toMatchObject({
      method: 'TCP_CONNECT',
      received: 5,
    });
    expect(await probePath({ target: '[2001:db8::1]:8443' }, tools)).toMatchObject({ method: 'TCP_CONNECT' });
    expect(tried).toEqual([
      { host: '192.0.2.1', port: 4791 },
      { host: '192.0.2.1', port: 443 },
      { host: '2001:db8::1', port: 8443 },
      { host: '2001:db8::1', port: 4791 },
      { host: '2001:db8::1', port: 8443 },
    ]);
  });

  it("tries the edge's port if the given one is the tunnel's, and sends from its own end of the path", async () => {
    const tried: object[] = [];
    const echo = async (options: { port: number }) => {
      tried.push(options);
      return outcome(options.port === 4791 ? 20 : 0);
    };
    const connect = async () => {
      throw new Error('not tried');
    };
    const way = { target: '127.0.0.1:51820', from: '127.0.0.1:51820' };
    expect(await probePath(way, { now, echo, connect })).toMatchObject({
      method: 'UDP_ECHO',
      received: 20,
    });
    expect(tried).toEqual([
      { host: '127.0.0.1', local_address: '127.0.0.1', port: 51820 },
      { host: '127.0.0.1', local_address: '127.0.0.1', port: 4791 },
    ]);
    tried.length = 0;
    await probePath({ target: '192.0.2.1', from: '198.51.100.7' }, { now, echo });
    expect(tried).toEqual([{ host: '192.0.2.1', port: 4791 }]);
  });

  it.each([
    ['127.0.0.1', 4, '203.0.113.99'],
    ['[2001:db8::1]:51820', 6, '2001:db8::99'],
    ['', 0, '2001:db8::99'],
  ])('resolves a name once, in the address family of its own end: %j', async (from, family, address) => {
    const asked: unknown[] = [];
    const hosts: string[] = [];
    const nothing = async ({ host }: { host: string }) => {
      hosts.push(host);
      return outcome(0);
    };
    const resolve = async (...question: unknown[]) => {
      asked.push(question);
      return address;
    };
    await probePath({ target: 'hub.example:51820', from }, { now, echo: nothing, connect: nothing, resolve });
    expect(asked).toEqual([['hub.example', family]]);
    expect(hosts).toEqual([address, address, address]);
  });

  it('reports the loss of every packet without an answer', async () => {
    const tools = { now, echo: async () => outcome(0), connect: async () => ({ ...outcome(0), sent: 5 }) };
    expect(await probePath({ target: '192.0.2.1' }, tools)).toMatchObject({
      method: 'UDP_ECHO',
      sent: 20,
      received: 0,
    });
  });

  it('reports why nothing could be measured', async () => {
    const resolve = async () => {
      throw new Error('getaddrinfo ENOTFOUND edge.example');
    };
    const nothing = { sent: 0, received: 0, method: null, measured_at: null };
    expect(await probePath({ target: 'edge.example' }, { resolve })).toMatchObject({
      ...nothing,
      error: "edge.example can't be probed: getaddrinfo ENOTFOUND edge.example",
    });
    expect(await probePath({ target: '' })).toMatchObject({
      ...nothing,
      error: 'the endpoint has no address',
    });
  });

  it.each([
    ['192.0.2.1', '192.0.2.1', undefined],
    ['192.0.2.1:4791', '192.0.2.1', 4791],
    ['edge.example:99', 'edge.example', 99],
    ['2001:db8::1', '2001:db8::1', undefined],
    ['[2001:db8::1]', '2001:db8::1', undefined],
    ['[2001:db8::1]:51820', '2001:db8::1', 51_820],
  ])('parses the address %s', (target, host, port) => {
    expect(splitAddress(target)).toEqual({ host, port });
  });
});

describe('an outcome', () => {
  it.each([
    [[10, 20, 30], { received: 3, latency_ms: 20, jitter_ms: 10 }],
    [[10, undefined, 30, 20], { received: 3, latency_ms: 20, jitter_ms: 15 }],
    [[10, 20], { received: 2, latency_ms: 15, jitter_ms: 10 }],
    [[7], { received: 1, latency_ms: 7, jitter_ms: 0 }],
    [[undefined, undefined], { received: 0, latency_ms: 1000, jitter_ms: 0 }],
  ])('of the round trips %o', (trips, expected) => {
    expect(outcomeOf(trips, 1000)).toEqual({ sent: trips.length, ...expected });
  });

  it('has a latency between the shortest and the longest round trip', () => {
    const trip = fc.option(fc.double({ min: 0, max: 1000, noNaN: true }), { nil: undefined });
    fc.assert(
      fc.property(fc.array(trip, { minLength: 1 }), trips => {
        const { sent, received, latency_ms } = outcomeOf(trips, 1000);
        const answered = trips.filter(one => one !== undefined);
        expect(sent).toBe(trips.length);
        expect(received).toBe(answered.length);
        if (received === 0) return;
        expect(latency_ms).toBeGreaterThanOrEqual(Math.min(...answered));
        expect(latency_ms).toBeLessThanOrEqual(Math.max(...answered));
      }),
    );
  });
});
