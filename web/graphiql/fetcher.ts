import { getOperationAST, parse } from 'graphql';
import { post } from '../data/ask.ts';
import { SignedOut } from '../data/errors.ts';
import { subscribe } from '../data/live-client.ts';
import { saidOnce } from './hidden-schema.ts';

interface Parameters {
  query: string;
  operationName?: string | null;
  variables?: object;
}

interface Observer {
  next(value: unknown): void;
}

/**
 * Runs the editor's operation as the person who is signed in: subscriptions over the WebSocket, the
 * others over HTTP.
 */
export function fetcher(parameters: Parameters) {
  const { query, operationName, variables = {} } = parameters;
  const operation = getOperationAST(parse(query), operationName);
  if (operation?.operation !== 'subscription') return answer(parameters);
  return {
    subscribe: ({ next }: Observer) => ({
      unsubscribe: subscribe(query, variables, { onData: data => next({ data }), onConnected: () => {} }),
    }),
  };
}

async function answer(parameters: Parameters): Promise<object> {
  const response = await post(parameters);
  if (response.status === 401) throw new SignedOut();
  return saidOnce(parameters.operationName, (await response.json()) as object);
}
