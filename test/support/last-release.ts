import { readFileSync } from 'node:fs';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { type AttributeValue, BatchWriteItemCommand } from '@aws-sdk/client-dynamodb';
import { projectFile } from './project-files.ts';
import { createTables, type TestTables } from './tables.ts';

/** The data of the last release, and its answers (test/fixtures/last-release/README.md). */
export interface LastRelease {
  release: string;
  /** The clock of its answers, milliseconds. */
  now: number;
  answers: { operation: string; args: object; answer: unknown }[];
}

type TableName = keyof TestTables['tables'];
type StoredItem = Record<string, AttributeValue>;

const BATCH = 25;

function readFixture() {
  const packed = readFileSync(projectFile('test/fixtures/last-release/tables.json.gz'));
  return JSON.parse(gunzipSync(packed).toString(), (_, value) =>
    typeof value?.$b === 'string' ? Buffer.from(value.$b, 'base64') : value,
  ) as Omit<LastRelease, 'now'> & { now: string; tables: Record<TableName, StoredItem[]> };
}

export function readLastRelease(): LastRelease {
  const { release, now, answers } = readFixture();
  return { release, now: Date.parse(now), answers };
}

/** The test's own tables, with the items that the last release stored. */
export async function lastReleaseTables(): Promise<TestTables> {
  const db = await createTables({ slots: 0 });
  for (const [table, items] of Object.entries(readFixture().tables) as [TableName, StoredItem[]][]) {
    for (let at = 0; at < items.length; at += BATCH) {
      const requests = items.slice(at, at + BATCH).map(Item => ({ PutRequest: { Item } }));
      await db.client.send(new BatchWriteItemCommand({ RequestItems: { [db.tables[table]]: requests } }));
    }
  }
  return db;
}

export type ReleaseCode = typeof import('./release-code.ts');

/** The code of the last release, as `release-code.ts` names it, with the installed libraries. */
export async function lastReleaseCode(): Promise<{ code: ReleaseCode; remove(): Promise<void> }> {
  const packed = readFileSync(projectFile('test/fixtures/last-release/code.mjs.br'));
  const folder = await mkdtemp(join(tmpdir(), 'patronus-last-release-'));
  // Its imports are resolved from its folder.
  await symlink(projectFile('node_modules'), join(folder, 'node_modules'), 'junction');
  const file = join(folder, 'code.mjs');
  await writeFile(file, brotliDecompressSync(packed));
  return {
    code: (await import(pathToFileURL(file).href)) as ReleaseCode,
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
