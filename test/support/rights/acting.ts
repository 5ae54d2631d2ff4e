import { AsyncLocalStorage } from 'node:async_hooks';
import type { Watch } from '../../../local/rights/watch-requests.ts';

/** The deployed function with whose rights the code under test runs. */
export const acting = new AsyncLocalStorage<{ name: string; watch: Watch }>();
