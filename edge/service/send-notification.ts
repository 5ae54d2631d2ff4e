import { execFile } from 'node:child_process';

/**
 * systemd answers in milliseconds: a helper process that takes longer is killed, so that they don't
 * pile up.
 */
const TIMEOUT_MS = 5000;

/**
 * Sends fields of the protocol `sd_notify`, such as READY=1, to the socket in `NOTIFY_SOCKET`. Node
 * can't send to a Unix datagram socket, so systemd's program `systemd-notify` does it, and the unit
 * needs `NotifyAccess=all`.
 *
 * @throws Error if the program is not installed, fails, or takes longer than 5 s
 */
export function sendNotification(
  fields: readonly string[],
  { timeout_ms = TIMEOUT_MS, env = process.env }: { timeout_ms?: number; env?: NodeJS.ProcessEnv } = {},
): Promise<void> {
  return new Promise((resolve, reject) => {
    const options = { env, timeout: timeout_ms, killSignal: 'SIGKILL' } as const;
    execFile('systemd-notify', fields, options, (failure, _, stderr) => {
      if (failure) reject(new Error(reasonOf(failure, { stderr, timeout_ms }), { cause: failure }));
      else resolve();
    });
  });
}

function reasonOf(
  failure: Error & { code?: unknown; killed?: boolean },
  { stderr, timeout_ms }: { stderr: string; timeout_ms: number },
): string {
  if (failure.code === 'ENOENT') return 'systemd-notify is not installed';
  if (failure.killed) return `systemd-notify did not answer in ${timeout_ms / 1000} s`;
  return `systemd-notify failed: ${stderr.trim() || `exit code ${failure.code}`}`;
}
