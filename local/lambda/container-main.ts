// The inside of a container: loads the bundle in a worker thread and hands it one event after the other.
import { pathToFileURL } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';
import type { ContainerMessage, ContainerStart, InvocationMessage } from './container-messages.ts';
import { describeFailure } from './function-failure.ts';

type Handler = (event: unknown, context: unknown) => unknown;

const start = workerData as ContainerStart;
const port = parentPort!;
const say = (message: ContainerMessage): void => port.postMessage(message);

try {
  const handle = await loadHandler();
  port.on('message', (message: InvocationMessage) => void answer(handle, message));
  say({ kind: 'ready' });
} catch (thrown) {
  say({ kind: 'broken', failure: describeFailure(thrown) });
}

async function loadHandler(): Promise<Handler> {
  const bundle = (await import(pathToFileURL(start.file).href)) as Record<string, unknown>;
  const handler = bundle[start.handler];
  if (typeof handler === 'function') return handler as Handler;
  throw Object.assign(new Error(`${start.handler} is undefined or not exported`), {
    name: 'Runtime.HandlerNotFound',
  });
}

async function answer(handle: Handler, message: InvocationMessage): Promise<void> {
  const { requestId } = message;
  try {
    const result = await handle(JSON.parse(message.event), makeContext(message));
    say({ kind: 'result', requestId, result: JSON.stringify(result) ?? 'null' });
  } catch (thrown) {
    say({ kind: 'failure', requestId, failure: describeFailure(thrown) });
  }
}

function makeContext({ requestId, timeoutMs }: InvocationMessage) {
  const deadline = performance.now() + timeoutMs;
  return {
    awsRequestId: requestId,
    callbackWaitsForEmptyEventLoop: true,
    functionName: start.functionName,
    functionVersion: '$LATEST',
    invokedFunctionArn: start.functionArn,
    memoryLimitInMB: String(start.memoryMb),
    logGroupName: start.logGroupName,
    logStreamName: start.logStreamName,
    getRemainingTimeInMillis: () => Math.max(0, Math.round(deadline - performance.now())),
  };
}
