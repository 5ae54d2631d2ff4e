import type { Counting } from './counting-clients.ts';
import { noUsage, type Usage } from './usage.ts';

/** START, END and REPORT, which Lambda writes of each call. */
const LAMBDA_LINES_BYTES = 400;
/** What CloudWatch adds to each line. */
const LINE_OVERHEAD_BYTES = 26;

/** Functions whose calls are measured: the folders in functions/. */
export type FunctionName = 'ingest' | 'snapshot' | 'cleanup' | 'flow-log' | 'api' | 'broadcast';

type Handler = (event: unknown, lambda: unknown) => Promise<unknown>;

export interface DeployedFunctions {
  /** Calls a handler as Lambda would. @throws what it throws */
  call(name: FunctionName, event: unknown): Promise<unknown>;
  /** The same without measuring, also side by side: for what is made before anything is measured. */
  prepare(name: FunctionName, event: unknown): Promise<unknown>;
  /** What each function has used since the last {@link forget}. */
  readonly used: Map<FunctionName, Usage>;
  /** Every metric that was published: namespace, name and dimensions. */
  readonly metrics: Set<string>;
  forget(): void;
}

/** The handlers as they are deployed, in this process; their environment must be set. */
export async function deployedFunctions(counting: Counting): Promise<DeployedFunctions> {
  const handlers: Record<FunctionName, Handler> = {
    ingest: await handlerOf('ingest'),
    snapshot: await handlerOf('snapshot'),
    cleanup: await handlerOf('cleanup'),
    'flow-log': await handlerOf('flow-log'),
    api: await handlerOf('api'),
    broadcast: await handlerOf('broadcast'),
  };
  const used = new Map<FunctionName, Usage>();
  const metrics = new Set<string>();
  return {
    used,
    metrics,
    forget() {
      used.clear();
    },
    prepare: (name, event) => handlers[name](event, lambdaContext(name)),
    async call(name, event) {
      const usage = used.get(name) ?? noUsage();
      used.set(name, usage);
      counting.into = usage;
      counting.of = name;
      const overhead = counting.overhead_ms;
      const log = captureLog();
      const before = process.cpuUsage();
      try {
        return await handlers[name](event, lambdaContext(name));
      } finally {
        const { user, system } = process.cpuUsage(before);
        const lines = log.end();
        counting.into = null;
        usage.calls++;
        usage.cpu_ms += (user + system) / 1000 - (counting.overhead_ms - overhead);
        usage.log_bytes += LAMBDA_LINES_BYTES;
        for (const line of lines) {
          usage.log_bytes += Buffer.byteLength(line) + LINE_OVERHEAD_BYTES;
          for (const metric of metricsIn(line)) metrics.add(metric);
        }
      }
    },
  };
}

async function handlerOf(folder: FunctionName): Promise<Handler> {
  process.env.POWERTOOLS_SERVICE_NAME = folder;
  const { handler } = await import(`../../functions/${folder}/handler.ts`);
  return handler;
}

/** Of functions that may take longer than the others. */
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

/** Keeps what is written to both outputs until `end`, which gives it back by line. */
function captureLog(): { end(): string[] } {
  const written: string[] = [];
  const outputs = [process.stdout, process.stderr];
  const writes = outputs.map(output => output.write);
  for (const output of outputs) {
    output.write = (chunk: string | Uint8Array) => {
      written.push(String(chunk));
      return true;
    };
  }
  return {
    end() {
      for (const [index, output] of outputs.entries()) output.write = writes[index]!;
      return written
        .join('')
        .split('\n')
        .filter(line => line !== '');
    },
  };
}

/** The metrics of a line in CloudWatch's embedded format; each set of dimensions makes one of its own. */
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
