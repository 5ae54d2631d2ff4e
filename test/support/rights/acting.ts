import { AsyncLocalStorage } from 'node:async_hooks';
import type { Watch } from '../../../local/rights/watch-requests.ts';

/** The deployed function whose rights the code under test has at the moment. */
export const acting = new AsyncLocalStorage<{ name: string; watch: Watch }>();
