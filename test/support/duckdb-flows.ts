import { readFileSync } from 'node:fs';
import { DuckDBInstance } from '@duckdb/node-api';
import { projectFile } from './project-files.ts';

/** The queries for DuckDB in docs/flows.md, the first of which creates the view. */
export function documentedQueries(): string[] {
  const text = readFileSync(projectFile('docs/flows.md'), 'utf8');
  return [...text.matchAll(/```sql duckdb\n(.*?)```/gs)].map(([, sql]) => sql!);
}

/**
 * Runs queries one after another, as from the project's folder.
 * @returns the rows of the last, every value as text
 */
export async function duckdb(
  project_folder: string,
  queries: readonly string[],
): Promise<Record<string, unknown>[]> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  try {
    await connection.run(`SET file_search_path = '${project_folder}'`);
    await connection.run("SET TimeZone = 'UTC'");
    let rows: Record<string, unknown>[] = [];
    for (const query of queries) rows = (await connection.runAndReadAll(query)).getRowObjectsJson();
    return rows;
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}
