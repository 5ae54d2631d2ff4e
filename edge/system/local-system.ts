import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { EdgeError } from '../edge-error.ts';
import { tryParseJson } from './try-parse-json.ts';

const endpointsFile = z.object({
  graphql: z.url(),
  dynamodb: z.url().optional(),
  kinesis: z.url(),
  lambda: z.url().optional(),
  ingest: z.string().optional(),
  stream: z.string().min(1),
  cognito: z.url(),
  users: z.array(z.object({ email: z.string(), password: z.string(), groups: z.array(z.string()) })),
});

const amplifyFile = z.object({
  auth: z.object({ aws_region: z.string(), user_pool_id: z.string(), user_pool_client_id: z.string() }),
});

/** The description of a running local system in its `.local` folder. */
export interface LocalSystem extends z.infer<typeof endpointsFile> {
  region: string;
  user_pool_id: string;
  client_id: string;
}

/**
 * Finds the local system of a folder; undefined if none runs there.
 *
 * @throws EdgeError if its files are invalid
 */
export async function findLocalSystem(folder: string): Promise<LocalSystem | undefined> {
  const endpoints = await readJson(join(folder, 'endpoints.json'), endpointsFile);
  const amplify = await readJson(join(folder, 'amplify_outputs.json'), amplifyFile);
  if (!endpoints || !amplify) return undefined;
  const { aws_region: region, user_pool_id, user_pool_client_id: client_id } = amplify.auth;
  return { ...endpoints, region, user_pool_id, client_id };
}

async function readJson<T extends z.ZodType>(path: string, schema: T): Promise<z.infer<T> | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new EdgeError(
      `${path} can't be read: check its permissions, or restart the system with npm start.`,
      {
        cause,
      },
    );
  }
  const result = schema.safeParse(tryParseJson(text));
  if (result.success) return result.data;
  throw new EdgeError(`${path} was not written by npm start: restart the system with npm start.`);
}
