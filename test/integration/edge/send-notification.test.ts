import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sendNotification } from '../../../edge/service/send-notification.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'patronus-notify-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Replaces systemd-notify by a program. */
const stand = (script: string) =>
  writeFile(join(folder, 'systemd-notify'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
const send = (timeout_ms = 10_000) =>
  sendNotification(['READY=1', 'STATUS=Counting: report 2'], {
    timeout_ms,
    env: { PATH: `${folder}:/bin:/usr/bin` },
  });

const isInstalled = spawnSync('systemd-notify', ['--version']).status === 0;

describe('a message to the service manager', () => {
  it('is passed to systemd-notify field by field as arguments', async () => {
    await stand(`printf '%s\\n' "$@" > ${join(folder, 'fields')}`);
    await send();
    expect(await readFile(join(folder, 'fields'), 'utf8')).toBe('READY=1\nSTATUS=Counting: report 2\n');
  });

  it('is the same as that of systemd-notify', async () => {
    await stand('echo "No status data could be sent: $NOTIFY_SOCKET was not set" >&2; exit 1');
    await expect(send()).rejects.toThrow(
      new Error('systemd-notify failed: No status data could be sent:  was not set'),
    );
  });

  it('ends a systemd-notify that does not return', async () => {
    await stand('exec sleep 600');
    await expect(send(50)).rejects.toThrow(new Error('systemd-notify did not answer in 0.05 s'));
  });

  it('is an error if systemd-notify is missing', async () => {
    const env = { PATH: folder };
    await expect(sendNotification(['READY=1'], { env })).rejects.toThrow(
      new Error('systemd-notify is not installed'),
    );
  });

  it.runIf(isInstalled)('fails with the real program if there is no socket', async () => {
    const env = { ...process.env, NOTIFY_SOCKET: join(folder, 'nowhere') };
    await expect(sendNotification(['READY=1'], { env })).rejects.toThrow(/^systemd-notify failed: .+/);
  });
});
