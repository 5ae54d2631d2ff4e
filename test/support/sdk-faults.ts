import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { inject } from 'vitest';
import { LOCAL_CREDENTIALS } from '../../core/local-credentials.ts';
import { makeDocumentClient } from '../../core/storage/document-client.ts';

/**
 * What happens at a call of the SDK. `killed`: the call lands, and then the process is gone, so that every later call
 * fails too. `lost`: it lands and its answer gets lost. The others come before it lands.
 */
export const FAULTS = ['killed', 'lost', 'conflict', 'throttled', 'server error'] as const;
export type Fault = (typeof FAULTS)[number];

export interface Faults {
  /** Counts calls anew and lets the one with this number (from 0) go wrong; `times` calls from there on. */
  arm(plan?: { at: number; fault: Fault; times?: number }): void;
  /** Names of the commands since the last `arm`. */
  readonly calls: readonly string[];
}

export interface FaultyClient extends Faults {
  client: DynamoDBDocumentClient;
}

/** A client of the run's DynamoDB Local whose calls can go wrong; without the SDK's own second attempt. */
export function faultyClient(): FaultyClient {
  const client = makeDocumentClient({
    endpoint: inject('dynamodbEndpoint'),
    region: 'eu-central-1',
    credentials: LOCAL_CREDENTIALS,
    maxAttempts: 1,
  });
  return Object.assign(makeFaults([client]), { client });
}

/** A client of the SDK, whatever the service. */
interface SdkClient {
  middlewareStack: {
    // biome-ignore lint/suspicious/noExplicitAny: a middleware of any client
    add(middleware: (next: any, handler: any) => (args: any) => Promise<any>, options: object): void;
  };
}

/** Lets calls of these clients go wrong, counted over all of them. */
export function makeFaults(clients: readonly SdkClient[]): Faults {
  let plan: { at: number; fault: Fault; times: number } | undefined;
  let calls: string[] = [];
  let dead = false;
  for (const client of clients) {
    client.middlewareStack.add(
      (next, handler) => async args => {
        if (dead) throw new Killed();
        const number = calls.push(handler.commandName ?? 'unknown') - 1;
        const { fault } = plan && number >= plan.at && number < plan.at + plan.times ? plan : {};
        if (fault === undefined) return next(args);
        if (fault === 'killed') {
          dead = true;
          await next(args);
          throw new Killed();
        }
        if (fault === 'lost') {
          await next(args);
          throw Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
        }
        throw refusal(fault, handler.commandName ?? '');
      },
      { step: 'initialize', name: 'faults' },
    );
  }
  return {
    arm(next) {
      plan = next && { times: 1, ...next };
      calls = [];
      dead = false;
    },
    get calls() {
      return calls;
    },
  };
}

/** The process is gone. Not an error that anything may take for a refusal. */
export class Killed extends Error {}

function refusal(fault: 'conflict' | 'throttled' | 'server error', command: string): Error {
  const name = {
    throttled: 'ThrottlingException',
    'server error': 'InternalServerError',
    conflict: 'TransactionConflictException',
  }[fault];
  if (fault !== 'conflict' || !command.startsWith('TransactWrite')) {
    return Object.assign(new Error(name), { name });
  }
  return Object.assign(new Error('Transaction cancelled'), {
    name: 'TransactionCanceledException',
    CancellationReasons: [{ Code: 'None' }, { Code: 'TransactionConflict' }],
  });
}
