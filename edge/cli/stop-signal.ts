/** Terminals and npm both pass Ctrl-C on, so one key press can arrive twice within a moment. */
const SAME_KEY_MS = 1000;

/** Aborted by the first SIGINT or SIGTERM; the next one ends the process at once. */
export function stopSignal(onStop: () => void): AbortSignal {
  const controller = new AbortController();
  let stoppedAt = 0;
  const stop = () => {
    if (controller.signal.aborted) {
      if (performance.now() - stoppedAt > SAME_KEY_MS) process.exit(130);
      return;
    }
    stoppedAt = performance.now();
    onStop();
    controller.abort();
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  return controller.signal;
}
