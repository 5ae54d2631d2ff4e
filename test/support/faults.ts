import { type DynamoDBDocumentClient, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { clientWith } from './fake-dynamodb.ts';

/** What can happen to one call to the database. */
export const FAULTS = [
  'killed before',
  'killed after',
  'time-out, did not land',
  'time-out, landed',
  'time-out, lands later',
  'connection reset, landed',
  'internal error',
  'throttled',
  'access denied',
  'canceled: TransactionConflict',
  'canceled: ThrottlingError',
  'canceled: ProvisionedThroughputExceeded',
  'canceled: ConditionalCheckFailed',
  'canceled: ValidationError',
  'canceled: ItemCollectionSizeLimitExceeded',
  'canceled: no reasons',
] as const;

/** Of these, what says that the write itself is bad: its record goes to the quarantine. */
export const REFUSALS: readonly Fault[] = [
  'canceled: ValidationError',
  'canceled: ItemCollectionSizeLimitExceeded',
];

export type Fault = (typeof FAULTS)[number];

/** The function is gone: nothing after this call happens. */
export class Killed extends Error {
  override readonly name = 'Killed';
}

export interface FaultyClient {
  client: DynamoDBDocumentClient;
  /** Calls so far. */
  readonly calls: number;
  readonly killed: boolean;
  /** Lets the calls land whose answer was lost before they did. */
  landAll(): Promise<void>;
}

/**
 * A client whose calls go wrong as `faultOf` says, by their number from 0. Once killed, no call of it reaches the database.
 */
export function faultyClient(
  inner: DynamoDBDocumentClient,
  faultOf: (call: number) => Fault | undefined,
  beforeCall: () => Promise<void> = async () => {},
): FaultyClient {
  let calls = 0;
  let killed = false;
  const late: (() => Promise<unknown>)[] = [];
  const real = (command: unknown) => inner.send(command as TransactWriteCommand);

  async function send(command: unknown): Promise<unknown> {
    const fault = faultOf(calls++);
    await beforeCall();
    if (killed) throw new Killed();
    switch (fault) {
      case undefined:
        return settled(() => real(command));
      case 'killed before':
        killed = true;
        throw new Killed();
      case 'killed after':
        killed = true;
        await real(command).catch(() => {});
        throw new Killed();
      case 'time-out, landed':
        await settled(() => real(command));
        throw named('TimeoutError');
      case 'time-out, lands later':
        late.push(() => real(command).catch(() => {}));
        throw named('TimeoutError');
      case 'connection reset, landed':
        await settled(() => real(command));
        throw Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
      case 'time-out, did not land':
        throw named('TimeoutError');
      case 'internal error':
        throw named('InternalServerError');
      case 'throttled':
        throw named('ThrottlingException');
      case 'access denied':
        throw named('AccessDeniedException');
      default:
        // Only transactions are canceled with reasons.
        if (command instanceof TransactWriteCommand)
          throw canceled(fault.slice('canceled: '.length), command);
        return settled(() => real(command));
    }
  }

  // What is still on its way lands after the next call: as late as a write can land and do harm.
  async function settled(call: () => Promise<unknown>): Promise<unknown> {
    try {
      return await call();
    } finally {
      await landAll();
    }
  }

  async function landAll(): Promise<void> {
    for (let write = late.shift(); write; write = late.shift()) await write();
  }

  return {
    client: clientWith(send),
    get calls() {
      return calls;
    },
    get killed() {
      return killed;
    },
    landAll,
  };
}

function canceled(code: string, { input }: TransactWriteCommand): Error {
  const CancellationReasons = (input.TransactItems ?? []).map((action, index) => {
    const concerned = code === 'ConditionalCheckFailed' ? action.Put?.ConditionExpression : index === 0;
    return { Code: concerned ? code : 'None' };
  });
  const reasons = code === 'no reasons' ? {} : { CancellationReasons };
  return Object.assign(named('TransactionCanceledException'), reasons);
}

function named(name: string): Error {
  return Object.assign(new Error(name), { name });
}
