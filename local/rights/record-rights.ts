import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Grant } from './decide.ts';
import type { Observer } from './guard.ts';

/**
 * Environment variable with a folder in which processes record the permissions that their functions
 * use. For tests.
 */
export const RECORD_VARIABLE = 'PATRONUS_RECORD_RIGHTS';

/** A line of the record. */
export type RightsRecord = { role: string } & ({ grant: Grant } | { refused: string });

/**
 * Records each used grant once per process, and each refusal. Records are written at once, because
 * a process may be killed.
 */
export function recordRights(folder: string, role: string): Observer {
  const noted = new Set<string>();
  const note = (record: RightsRecord): void => {
    const line = JSON.stringify(record);
    if (noted.has(line)) return;
    noted.add(line);
    appendFileSync(join(folder, `${process.pid}.jsonl`), `${line}\n`);
  };
  return {
    onGrant: grant => note({ role, grant }),
    onRefusal: ({ message }) => note({ role, refused: message }),
  };
}
