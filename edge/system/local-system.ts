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

/** What a running local system says of itself in its `.local` folder. */
export interface LocalSystem extends z.infer<typeof endpointsFile> {
  region: string;
  user_pool_id: string;
  client_id: string;
}

/**
 * The local system whose folder this is; undefined when none runs there.
 *
 * @throws EdgeError when its files can't be understood.
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
      `${path} can't be read: look at its rights, or start the system again with npm start.`,
      {
        cause,
      },
    );
  }
  const result = schema.safeParse(tryParseJson(text));
  if (result.success) return result.data;
  throw new EdgeError(`${path} is not what npm start writes: start the system again with npm start.`);
}
