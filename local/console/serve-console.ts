import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { fileHeaders } from '../../core/console/console-files.ts';
import { pagePolicies, SECURITY_HEADERS } from '../../core/console/console-headers.ts';

/**
 * A path of a file of the build, with plain characters only, so that no path leaves the build's
 * folder.
 */
const FILE_PATH = /^\/(assets\/)?[\w-][\w.-]*$/;

export interface ConsoleOptions {
  /** The built files. */
  folder: string;
  /** `amplify_outputs.json`, the configuration of the browser's client. */
  outputs: string;
  /** Other origins that pages may connect to. */
  connectTo: string[];
}

/** Serves the console's files. @returns whether the request was for it */
export type ServeConsole = (request: IncomingMessage, response: ServerResponse) => Promise<boolean>;

/**
 * Makes the console's part of the server: its files, `index.html` for the address of every view,
 * GraphiQL for browsers that open the API's address, and the client configuration.
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

/** Assets have no content policy, because a worker would run under the policy of its script. */
function send(response: ServerResponse, file: string, content: Buffer | string, policy: string): void {
  response.writeHead(200, {
    ...fileHeaders(file),
    ...SECURITY_HEADERS,
    ...(!file.startsWith('assets/') && { 'content-security-policy': policy }),
  });
  response.end(content);
}
