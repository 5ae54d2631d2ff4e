import { type Schedule, systemSchedule } from '../../core/time/schedule.ts';
import { sendNotification } from './send-notification.ts';

/**
 * The service manager (systemd) that runs the program, told by its protocol `sd_notify`. Telling
 * never throws and holds nothing up.
 */
export interface ServiceManager {
  /**
   * The service does its work from now on. From then on the watchdog is told that it is alive, if
   * it is.
   */
  ready(): void;
  /** The service is on its way to its end. */
  stopping(): void;
  /** Ends the watchdog's messages. */
  close(): void;
}

interface ServiceManagerOptions {
  /** Says in one line how the service stands; read at each message. */
  status: () => string;
  /** Whether the service does its work: a watchdog that isn't told so in time starts it again. */
  isAlive: () => boolean;
  /** Hears once why messages can't be sent. */
  onTrouble: (text: string) => void;
  env?: NodeJS.ProcessEnv;
  pid?: number;
  /** Sends fields such as READY=1. Rejects where they can't be sent. */
  send?: (fields: readonly string[]) => Promise<void>;
  schedule?: Schedule;
}

/** Messages to the watchdog in the time that it allows: two may get lost. */
const MESSAGES_A_WATCHDOG = 3;

const NO_MANAGER: ServiceManager = { ready() {}, stopping() {}, close() {} };

/**
 * The manager that `NOTIFY_SOCKET` names; where there is none, nothing is told. `WATCHDOG_USEC` and
 * `WATCHDOG_PID` say whether it wants to hear that the service is alive.
 *
 * One message is under way at a time. What there is to tell meanwhile goes with the next one.
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
          onTrouble(`The service manager can't be told how this edge stands: ${(cause as Error).message}.`);
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

/** Undefined: no watchdog waits for this process. */
function watchdogMs({ WATCHDOG_USEC, WATCHDOG_PID }: NodeJS.ProcessEnv, pid: number): number | undefined {
  const usec = Number(WATCHDOG_USEC);
  if (!(usec > 0) || (WATCHDOG_PID && Number(WATCHDOG_PID) !== pid)) return undefined;
  return usec / 1000;
}

/** A field ends with its line. */
function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ');
}
