import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RightsRecord } from '../../../local/rights/record-rights.ts';
import { RECORD_VARIABLE } from '../../../local/rights/record-rights.ts';
import { readCloudAssembly } from '../../../local/template/cloud-assembly.ts';
import { synthesize } from '../../../local/template/synthesize.ts';
import { type DeployedFunction, plan } from './deployed-rights.ts';

/** What functions may do, in the folder of a run. */
export const RIGHTS_FILE = 'rights.json';

export interface RightsOfRun {
  functions: Record<string, DeployedFunction>;
  /** What was recorded so far, in all processes of the run. */
  read(): Promise<RightsRecord[]>;
  remove(): Promise<void>;
}

/**
 * Reads the functions' rights out of the stacks, and has all processes of this run of tests record
 * what is used of them. A folder that the environment names stays.
 */
export async function openRightsOfRun(): Promise<RightsOfRun> {
  const { functions } = await plan(await readCloudAssembly(await synthesize({ bundles: false })));
  const given = process.env[RECORD_VARIABLE];
  const folder = given ?? (await mkdtemp(join(tmpdir(), 'patronus-rights-')));
  await writeFile(join(folder, RIGHTS_FILE), JSON.stringify(functions));
  process.env[RECORD_VARIABLE] = folder;
  return {
    functions,
    async read() {
      const files = (await readdir(folder)).filter(name => name.endsWith('.jsonl'));
      const texts = await Promise.all(files.map(name => readFile(join(folder, name), 'utf8')));
      const lines = new Set(texts.flatMap(text => text.split('\n').filter(Boolean)));
      return [...lines].map(line => JSON.parse(line) as RightsRecord);
    },
    async remove() {
      if (given === undefined) await rm(folder, { recursive: true });
    },
  };
}
