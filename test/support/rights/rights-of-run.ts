import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RightsRecord } from '../../../local/rights/record-rights.ts';
import { RECORD_VARIABLE } from '../../../local/rights/record-rights.ts';
import { readCloudAssembly } from '../../../local/template/cloud-assembly.ts';
import { synthesize } from '../../../local/template/synthesize.ts';
import { type DeployedFunction, plan } from './deployed-rights.ts';

/** The rights of functions, in the folder of a run. */
export const RIGHTS_FILE = 'rights.json';

export interface RightsOfRun {
  functions: Record<string, DeployedFunction>;
  /** The records so far, of all processes of the run. */
  read(): Promise<RightsRecord[]>;
  remove(): Promise<void>;
}

/**
 * Reads the functions' rights from the stacks, and lets all processes of this run record their use.
 * A folder that the environment names is kept.
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
