// Loaded before a simulation: replaces the system's sleep of handlers by one in simulated time.
import { registerHooks } from 'node:module';

const CLOCK = new URL('../../core/time/clock.ts', import.meta.url).href;
const SLEEP = new URL('./sleep-of-call.ts', import.meta.url).href;

registerHooks({
  load: (url, context, next) =>
    url === CLOCK
      ? {
          format: 'module',
          shortCircuit: true,
          source: `export { systemSleep } from ${JSON.stringify(SLEEP)};\nexport const systemClock = () => Date.now();`,
        }
      : next(url, context),
});
