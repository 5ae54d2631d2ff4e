import { execFile } from 'node:child_process';

/** systemd answers in milliseconds: a helper that takes longer is ended, so that none pile up. */
const TIMEOUT_MS = 5000;

/**
 * Sends fields of the protocol `sd_notify`, such as READY=1, to the socket that `NOTIFY_SOCKET`
 * names. Node can't send to such a socket (a Unix datagram socket): systemd's own program
 * `systemd-notify` does, so the unit needs `NotifyAccess=all`.
 *
 * @throws Error when the program isn't there, fails, or takes longer than 5 s
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
