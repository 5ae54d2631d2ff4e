import { describe, expect, it } from 'vitest';
import { openServiceManager } from '../../../edge/service/service-manager.ts';
import { fakeTime } from '../../support/fake-time.ts';

const SOCKET = { NOTIFY_SOCKET: '/run/systemd/notify' };
/** 90 s for process 7. */
const WATCHDOG = { ...SOCKET, WATCHDOG_USEC: '90000000', WATCHDOG_PID: '7' };

function manager(env: NodeJS.ProcessEnv, failure?: Error) {
  const time = fakeTime();
  const sent: string[] = [];
  const troubles: string[] = [];
  const state = { alive: true, blocked: undefined as Promise<void> | undefined };
  const service = openServiceManager({
    status: () => `Report ${sent.length}\nof many`,
    isAlive: () => state.alive,
    onTrouble: text => troubles.push(text),
    env,
    pid: 7,
    async send(fields) {
      sent.push(fields.join(' | '));
      await state.blocked;
      if (failure) throw failure;
    },
    schedule: time.schedule,
  });
  return { service, sent, troubles, state, time };
}

describe('the service manager', () => {
  it('is notified when the service is ready and when it stops, with its state in one line', async () => {
    const { service, sent, time } = manager(SOCKET);
    service.ready();
    await time.advance(3_600_000);
    service.stopping();
    await time.advance(0);
    expect(sent).toEqual(['READY=1 | STATUS=Report 0 of many', 'STOPPING=1 | STATUS=Report 1 of many']);
  });

  it('gets three signs of life within the time of its watchdog until the service closes', async () => {
    const { service, sent, time } = manager(WATCHDOG);
    service.ready();
    await time.advance(90_000);
    expect(sent).toEqual([
      'READY=1 | STATUS=Report 0 of many',
      ...[1, 2, 3].map(report => `WATCHDOG=1 | STATUS=Report ${report} of many`),
    ]);
    service.close();
    await time.advance(90_000);
    expect(sent).toHaveLength(4);
    expect(time.waiting).toBe(0);
  });

  it('gets no sign of life from a service that does no work, and again once it works', async () => {
    const { service, sent, state, time } = manager(WATCHDOG);
    service.ready();
    state.alive = false;
    await time.advance(90_000);
    expect(sent).toHaveLength(1);
    state.alive = true;
    await time.advance(30_000);
    expect(sent).toHaveLength(2);
  });

  it('gets one message at a time, with the news of the meantime in one', async () => {
    const { service, sent, state, time } = manager(WATCHDOG);
    const slow = Promise.withResolvers<void>();
    state.blocked = slow.promise;
    service.ready();
    await time.advance(60_000);
    service.stopping();
    expect(sent).toEqual(['READY=1 | STATUS=Report 0 of many']);
    slow.resolve();
    await time.advance(0);
    expect(sent.slice(1)).toEqual(['WATCHDOG=1 | STOPPING=1 | STATUS=Report 1 of many']);
  });

  it.each([
    ['there is no socket', {}],
    ['its name is empty', { NOTIFY_SOCKET: '', WATCHDOG_USEC: '90000000' }],
  ])('gets no message if %s', async (_, env) => {
    const { service, sent, time } = manager(env);
    service.ready();
    service.stopping();
    await time.advance(90_000);
    expect([sent, time.waiting]).toEqual([[], 0]);
  });

  it.each([
    ['is for another process', { ...WATCHDOG, WATCHDOG_PID: '8' }],
    ['allows no time', { ...WATCHDOG, WATCHDOG_USEC: '0' }],
    ['has a time that is not a number', { ...WATCHDOG, WATCHDOG_USEC: 'soon' }],
  ])('with a watchdog that %s only gets the message that the service is ready', async (_, env) => {
    const { service, sent, time } = manager(env);
    service.ready();
    await time.advance(90_000);
    expect(sent).toEqual(['READY=1 | STATUS=Report 0 of many']);
  });

  it('that cannot be reached is reported once, and the service continues', async () => {
    const { service, sent, troubles, time } = manager(WATCHDOG, new Error('systemd-notify is not installed'));
    service.ready();
    await time.advance(90_000);
    expect(sent).toHaveLength(4);
    expect(troubles).toEqual([
      "The service manager can't be notified about this edge's state: systemd-notify is not installed.",
    ]);
  });
});
