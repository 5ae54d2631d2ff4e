import { type Schedule, systemSchedule } from '../../core/time/schedule.ts';
import { sendNotification } from './send-notification.ts';

/**
 * The service manager (systemd) that runs the program, notified by its protocol `sd_notify`.
 * Notifications never throw and never block.
 */
export interface ServiceManager {
  /**
   * The service is running. From now on the watchdog is notified as long as the service is alive.
   */
  ready(): void;
  /** The service is stopping. */
  stopping(): void;
  /** Ends the watchdog's messages. */
  close(): void;
}

interface ServiceManagerOptions {
  /** Describes the state of the service in one line; called for each message. */
  status: () => string;
  /** Whether the service works: without a notification in time, the watchdog restarts it. */
  isAlive: () => boolean;
  /** Called once if messages can't be sent. */
  onTrouble: (text: string) => void;
  env?: NodeJS.ProcessEnv;
  pid?: number;
  /** Sends fields such as READY=1. Rejects if they can't be sent. */
  send?: (fields: readonly string[]) => Promise<void>;
  schedule?: Schedule;
}

/** Number of messages within the watchdog's time limit, so that two may get lost. */
const MESSAGES_A_WATCHDOG = 3;

const NO_MANAGER: ServiceManager = { ready() {}, stopping() {}, close() {} };

/**
 * The manager of `NOTIFY_SOCKET`; without one, nothing is sent. `WATCHDOG_USEC` and `WATCHDOG_PID`
 * say whether it expects watchdog messages.
 *
 * One message is sent at a time. Fields that arrive meanwhile are sent with the next one.
 */
export function openServiceManager({
  status,
  isAlive,
  onTrouble,
  env = process.env,
  pid = process.pid,
  send = sendNotification,
  schedule = systemSchedule,
}: ServiceManagerOptions): ServiceManager {
  if (!env.NOTIFY_SOCKET) return NO_MANAGER;
  const watchdog_ms = watchdogMs(env, pid);
  const waiting = new Set<string>();
  let isSending = false;
  let cancel = () => {};
  let isClosed = false;
  let hasFailed = false;

  async function sendWaiting(): Promise<void> {
    if (isSending) return;
    isSending = true;
    while (waiting.size > 0) {
      const fields = [...waiting, `STATUS=${oneLine(status())}`];
      waiting.clear();
      try {
        await send(fields);
      } catch (cause) {
        if (!hasFailed)
          onTrouble(
            `The service manager can't be notified about this edge's state: ${(cause as Error).message}.`,
          );
        hasFailed = true;
      }
    }
    isSending = false;
  }

  function tell(field: string): void {
    waiting.add(field);
    sendWaiting().catch(() => {});
  }

  function watch(): void {
    if (watchdog_ms === undefined || isClosed) return;
    cancel = schedule(watchdog_ms / MESSAGES_A_WATCHDOG, () => {
      if (isAlive()) tell('WATCHDOG=1');
      watch();
    });
  }

  return {
    ready() {
      tell('READY=1');
      watch();
    },
    stopping() {
      tell('STOPPING=1');
    },
    close() {
      isClosed = true;
      cancel();
    },
  };
}

/** Undefined: there is no watchdog for this process. */
function watchdogMs({ WATCHDOG_USEC, WATCHDOG_PID }: NodeJS.ProcessEnv, pid: number): number | undefined {
  const usec = Number(WATCHDOG_USEC);
  if (!(usec > 0) || (WATCHDOG_PID && Number(WATCHDOG_PID) !== pid)) return undefined;
  return usec / 1000;
}

/** A field ends with its line. */
function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ');
}
