import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { WAIT_MS } from '../../scripts/cost/drivers.ts';
import { cpuGoesTo, inCall, keepLogs, type RunningCall, runningCall, waitFor } from './running-call.ts';
import { noUsage, type Usage } from './usage.ts';

/** START, END and REPORT, which Lambda writes of each call. */
const LAMBDA_LINES_BYTES = 400;
/** Bytes that CloudWatch adds to each line. */
const LINE_OVERHEAD_BYTES = 26;

/** Functions whose calls are measured: the folders in functions/. */
const FOLDERS = [
  'ingest',
  'snapshot',
  'snapshot-group',
  'cleanup',
  'flow-log',
  'api',
  'broadcast',
  'figures',
] as const;
export type FunctionName = (typeof FOLDERS)[number];

type Handler = (event: unknown, lambda: unknown) => Promise<unknown>;

/** A call that sleeps. */
export interface SleepingCall {
  /** When it continues, milliseconds since the epoch. */
  until: number;
  /** Continues it: resolves when it sleeps again, or with undefined at its end. */
  wake(): Promise<SleepingCall | undefined>;
}

export interface DeployedFunctions {
  /** Calls a handler like Lambda. `as` is the name for the counts. @throws the handler's error */
  call(name: FunctionName, event: unknown, as?: string): Promise<unknown>;
  /**
   * Calls a handler that sleeps in between: resolves when it does, or with undefined at its end.
   */
  begin(name: FunctionName, event: unknown): Promise<SleepingCall | undefined>;
  /** The same without measuring, also concurrently: for the set-up before the measurement. */
  prepare(name: FunctionName, event: unknown): Promise<unknown>;
  /** The use of each function since the last {@link forget}. */
  readonly used: Map<string, Usage>;
  /** Every metric that was published: namespace, name and dimensions. */
  readonly metrics: Set<string>;
  forget(): void;
}

/** The deployed handlers in this process; their environment must be set. */
export async function deployedFunctions(): Promise<DeployedFunctions> {
  const handlers = {} as Record<FunctionName, Handler>;
  for (const folder of FOLDERS) handlers[folder] = await handlerOf(folder);
  keepLogs();
  const used = new Map<string, Usage>();
  const metrics = new Set<string>();
  const functions: DeployedFunctions = {
    used,
    metrics,
    forget: () => used.clear(),
    prepare: (name, event) => handlers[name](event, lambdaContext(name)),
    async call(name, event, as = name) {
      const call = callOf(as);
      const before = cpuGoesTo(call.usage);
      try {
        return await inCall(call, () => handlers[name](event, lambdaContext(name)));
      } finally {
        cpuGoesTo(before);
        end(call);
      }
    },
    begin(name, event) {
      const call = callOf(name);
      let turn = Promise.withResolvers<SleepingCall | undefined>();
      call.sleep = ms => {
        const woken = Promise.withResolvers<void>();
        cpuGoesTo(undefined);
        const wake = () => {
          turn = Promise.withResolvers();
          cpuGoesTo(call.usage);
          woken.resolve();
          return turn.promise;
        };
        // Sleeping time is billed too.
        call.usage.waits += ms / WAIT_MS;
        turn.resolve({ until: Date.now() + ms, wake });
        return woken.promise;
      };
      cpuGoesTo(call.usage);
      inCall(call, () => handlers[name](event, lambdaContext(name)))
        .then(
          () => turn.resolve(undefined),
          cause => turn.reject(cause),
        )
        .finally(() => {
          cpuGoesTo(undefined);
          end(call);
        });
      return turn.promise;
    },
  };
  callGroups(functions);
  return functions;

  function callOf(of: string): RunningCall {
    const usage = used.get(of) ?? noUsage();
    used.set(of, usage);
    return { of, usage, waiting: 0, log: [], longest_waits: 0 };
  }

  function end({ usage, log }: RunningCall): void {
    usage.calls++;
    usage.log_bytes += LAMBDA_LINES_BYTES;
    for (const line of log.join('').split('\n')) {
      if (line === '') continue;
      usage.log_bytes += Buffer.byteLength(line) + LINE_OVERHEAD_BYTES;
      for (const metric of metricsIn(line)) metrics.add(metric);
    }
  }
}

/**
 * Runs the snapshot's calls of groups here, one after another; the snapshot is billed for the
 * longest of them.
 */
function callGroups(functions: DeployedFunctions): void {
  let last: Promise<unknown> = Promise.resolve();
  const prototype = LambdaClient.prototype as unknown as { send(command: unknown): Promise<object> };
  prototype.send = command => {
    if (!(command instanceof InvokeCommand)) throw new Error('Only calls of functions are known here.');
    const { FunctionName: name, Payload } = command.input;
    const event = JSON.parse(String(Payload));
    const caller = runningCall();
    const work = last.then(async () => {
      if (!caller) return void (await functions.prepare(name as FunctionName, event));
      const usage = { ...(functions.used.get(name!) ?? noUsage()) };
      await functions.call(name as FunctionName, event);
      const now = functions.used.get(name!)!;
      const waits = now.waits - usage.waits + (now.cpu_ms - usage.cpu_ms) / WAIT_MS;
      caller.usage.waits += Math.max(0, waits - caller.longest_waits);
      caller.longest_waits = Math.max(caller.longest_waits, waits);
    });
    last = work.catch(() => {});
    return waitFor(async () => {
      await work;
      return {};
    });
  };
}

async function handlerOf(folder: FunctionName): Promise<Handler> {
  process.env.POWERTOOLS_SERVICE_NAME = folder;
  const { handler } = await import(`../../functions/${folder}/handler.ts`);
  return handler;
}

/** Time limits of functions that may take longer than the others. */
const TIME_LIMIT_MS: Record<string, number> = { cleanup: 240_000, 'flow-log': 240_000 };

function lambdaContext(name: string): object {
  return {
    functionName: name,
    functionVersion: '$LATEST',
    memoryLimitInMB: '1024',
    invokedFunctionArn: `arn:aws:lambda:us-east-1:123456789012:function:${name}`,
    awsRequestId: crypto.randomUUID(),
    getRemainingTimeInMillis: () => TIME_LIMIT_MS[name] ?? 55_000,
  };
}

/**
 * The metrics of a line in CloudWatch's embedded format; each set of dimensions makes one of its
 * own.
 */
function* metricsIn(line: string): Generator<string> {
  if (!line.includes('"_aws"')) return;
  const parsed = JSON.parse(line) as Record<string, unknown> & {
    _aws: { CloudWatchMetrics: { Namespace: string; Dimensions: string[][]; Metrics: { Name: string }[] }[] };
  };
  for (const { Namespace, Dimensions, Metrics } of parsed._aws.CloudWatchMetrics) {
    for (const dimensions of Dimensions) {
      const values = dimensions.map(name => `${name}=${parsed[name]}`).join(',');
      for (const { Name } of Metrics) yield `${Namespace} ${Name} ${values}`;
    }
  }
}
