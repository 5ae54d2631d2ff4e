import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { fileHeaders } from '../../core/console/console-files.ts';
import { pagePolicies, SECURITY_HEADERS } from '../../core/console/console-headers.ts';

/** A file of the build: letters, digits and the like, so that no path leads out of its folder. */
const FILE_PATH = /^\/(assets\/)?[\w-][\w.-]*$/;

export interface ConsoleOptions {
  /** The built files. */
  folder: string;
  /** `amplify_outputs.json`, which a browser configures itself by. */
  outputs: string;
  /** What pages may connect to beside their own origin. */
  connectTo: string[];
}

/** Serves the console's files. @returns whether the request was for it */
export type ServeConsole = (request: IncomingMessage, response: ServerResponse) => Promise<boolean>;

/**
 * Makes the console's part of the server: its files, `index.html` for the address of every view,
 * GraphiQL for a browser that opens the API's address, and the client configuration.
 */
export function makeServeConsole({ folder, outputs, connectTo }: ConsoleOptions): ServeConsole {
  const policies = pagePolicies(connectTo);
  const read = (file: string): Promise<Buffer> => readFile(join(folder, file));

  return async (request, response) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') return false;
    const path = (request.url ?? '/').split('?', 1)[0]!;
    const wantsPage = request.headers.accept?.includes('text/html') === true;
    if (path === '/graphql') {
      if (wantsPage) send(response, 'graphiql.html', await read('graphiql.html'), policies.graphiql);
      return wantsPage;
    }
    if (path === '/amplify_outputs.json') {
      send(response, 'amplify_outputs.json', outputs, policies.console);
      return true;
    }
    if (FILE_PATH.test(path) && !path.endsWith('.html') && fileHeaders(path)) {
      const file = path.slice(1);
      const content = await read(file).catch(() => undefined);
      if (content === undefined) return false;
      send(response, file, content, policies.console);
      return true;
    }
    if (path !== '/' && !wantsPage) return false;
    send(response, 'index.html', await read('index.html'), policies.console);
    return true;
  };
}

/** Assets get no content policy: a worker would run under the one that its script came with. */
function send(response: ServerResponse, file: string, content: Buffer | string, policy: string): void {
  response.writeHead(200, {
    ...fileHeaders(file),
    ...SECURITY_HEADERS,
    ...(!file.startsWith('assets/') && { 'content-security-policy': policy }),
  });
  response.end(content);
}
