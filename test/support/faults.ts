import { AsyncLocalStorage } from 'node:async_hooks';
import { TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { besideFunction } from './rights/as-function.ts';
import { named } from './sdk-errors.ts';

/** The possible faults of one call of the SDK. */
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

/** Those that mean that the write itself is invalid: its record is quarantined. */
export const REFUSALS: readonly Fault[] = [
  'canceled: ValidationError',
  'canceled: ItemCollectionSizeLimitExceeded',
];

export type Fault = (typeof FAULTS)[number];

/**
 * The function was killed: nothing after this call happens. Not an error that code may take for a
 * refusal.
 */
export class Killed extends Error {
  override readonly name = 'Killed';
}

/** A client of the SDK for any service. */
interface SdkClient {
  // biome-ignore lint/suspicious/noExplicitAny: each client has commands of its own
  send(command: any, ...more: any[]): any;
}

export interface FaultPlan {
  fault: Fault;
  /** The call that fails, from 0. */
  at: number;
  /** The number of failing calls from there on; 1 by default. */
  times?: number;
}

export interface Faults {
  /** The same client with failing calls; calls are counted over all clients of these faults. */
  on<Client extends SdkClient>(client: Client): Client;
  /** Resets it: no calls, not killed, and the plan's failures. */
  arm(plan?: FaultPlan): void;
  /** Names of the commands so far. */
  readonly calls: readonly string[];
  /** Once killed, no call reaches the service. */
  readonly killed: boolean;
  /** Lets the calls land whose response was lost earlier. */
  landAll(): Promise<void>;
}

/** Faults by the number of the call, from 0; without `faultOf`, the ones set by `arm`. */
export function makeFaults(
  faultOf: (call: number) => Fault | undefined = () => undefined,
  beforeCall: () => Promise<void> = async () => {},
): Faults {
  let calls: string[] = [];
  let killed = false;
  const late: (() => Promise<unknown>)[] = [];

  async function call(command: object, real: () => Promise<unknown>): Promise<unknown> {
    const fault = faultOf(calls.push(command.constructor.name) - 1);
    await besideFunction(beforeCall);
    if (killed) throw new Killed();
    switch (fault) {
      case undefined:
        return settled(real);
      case 'killed before':
        killed = true;
        throw new Killed();
      case 'killed after':
        killed = true;
        await real().catch(() => {});
        throw new Killed();
      case 'time-out, landed':
        await settled(real);
        throw named('TimeoutError');
      case 'time-out, lands later':
        // With the rights of its sender, independent of concurrent calls.
        late.push(AsyncLocalStorage.bind(() => real().catch(() => {})));
        throw named('TimeoutError');
      case 'connection reset, landed':
        await settled(real);
        throw Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
      case 'time-out, did not land':
        throw named('TimeoutError');
      case 'internal error':
        throw named('InternalServerError');
      case 'throttled':
        throw named('ThrottlingException');
      case 'access denied':
        throw named('AccessDeniedException');
      default: {
        const code = fault.slice('canceled: '.length);
        // Only transactions are canceled with reasons.
        if (command instanceof TransactWriteCommand) throw canceled(code, command);
        if (code === 'TransactionConflict') throw named('TransactionConflictException');
        return settled(real);
      }
    }
  }

  // A delayed write lands after the next call: as late as it can still do harm.
  async function settled(real: () => Promise<unknown>): Promise<unknown> {
    try {
      return await real();
    } finally {
      await landAll();
    }
  }

  async function landAll(): Promise<void> {
    for (let write = late.shift(); write; write = late.shift()) await write();
  }

  return {
    on: client => {
      const send = (command: object, ...more: unknown[]) =>
        call(command, () => client.send(command, ...more));
      return Object.create(client, { send: { value: send } });
    },
    arm(plan) {
      faultOf = number =>
        plan && number >= plan.at && number < plan.at + (plan.times ?? 1) ? plan.fault : undefined;
      calls = [];
      killed = false;
    },
    get calls() {
      return calls;
    },
    get killed() {
      return killed;
    },
    landAll,
  };
}

export interface FaultyClient<Client extends SdkClient> extends Faults {
  client: Client;
}

/** One client with failing calls. */
export function faultyClient<Client extends SdkClient>(
  inner: Client,
  ...how: Parameters<typeof makeFaults>
): FaultyClient<Client> {
  const faults = makeFaults(...how);
  return Object.defineProperties(
    { client: faults.on(inner) },
    Object.getOwnPropertyDescriptors(faults),
  ) as FaultyClient<Client>;
}

function canceled(code: string, { input }: TransactWriteCommand): Error {
  const CancellationReasons = (input.TransactItems ?? []).map((action, index) => {
    const concerned = code === 'ConditionalCheckFailed' ? action.Put?.ConditionExpression : index === 0;
    return { Code: concerned ? code : 'None' };
  });
  const reasons = code === 'no reasons' ? {} : { CancellationReasons };
  return named('TransactionCanceledException', reasons);
}
