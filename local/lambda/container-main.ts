// The main program of a container: a process that loads the bundle and passes it one event after
// another, like Lambda's runtime for Node. Between two events it blocks in a read, so that nothing
// in it runs. When the runtime has ended, the read ends, and so does the process.
import { pathToFileURL } from 'node:url';
import { makeGuard, type Rights } from '../rights/guard.ts';
import { recordRights } from '../rights/record-rights.ts';
import { watchRequests } from '../rights/watch-requests.ts';
import { blockingChannel } from './blocking-channel.ts';
import {
  CHANNEL,
  type ContainerMessage,
  type ContainerStart,
  type InvocationMessage,
} from './container-messages.ts';
import { describeFailure, describeLoadFailure, type FailurePayload } from './function-failure.ts';

type Handler = (event: unknown, context: unknown) => unknown;

/** Exit codes of Lambda's runtime. */
const EXIT = { broken: 1, unhandledRejection: 128, uncaughtException: 129 } as const;

const channel = blockingChannel(CHANNEL);
const say = (message: ContainerMessage): void => channel.send(message);

const start = channel.receive() as ContainerStart | undefined;
if (!start) process.exit();

process.on('uncaughtException', error => end(describeFailure(error), EXIT.uncaughtException));
process.on('unhandledRejection', reason => {
  const { trace } = describeFailure(reason);
  const failure = { errorType: 'Runtime.UnhandledPromiseRejection', errorMessage: String(reason) };
  end({ ...failure, ...(trace && { trace }) }, EXIT.unhandledRejection);
});

/** Ends the current invocation when the event loop runs empty. */
let onLoopEmpty = (): void => {};
process.on('beforeExit', () => onLoopEmpty());

if (start.rights) guard(start.rights, start.record_rights);
const handle = await loadHandler(start).catch(cause => end(describeLoadFailure(cause), EXIT.broken));
say({ kind: 'ready' });
awaitEvent();

/** Refuses calls that the role's policies don't allow. */
function guard(rights: Rights, folder: string | undefined): void {
  const record = folder === undefined ? {} : recordRights(folder, rights.role);
  const guarded = makeGuard(rights, {
    ...record,
    onRefusal(refusal) {
      record.onRefusal?.(refusal);
      console.error(refusal.message);
    },
  });
  watchRequests(guarded);
}

async function loadHandler({ file, handler }: ContainerStart): Promise<Handler> {
  const bundle = (await import(pathToFileURL(file).href)) as Record<string, unknown>;
  const found = bundle[handler];
  if (typeof found === 'function') return found as Handler;
  throw Object.assign(new Error(`${handler} is undefined or not exported`), {
    name: 'Runtime.HandlerNotFound',
  });
}

/** Blocks until there is an event. */
function awaitEvent(): void {
  const message = channel.receive() as InvocationMessage | undefined;
  if (!message) process.exit();
  // In the next turn of the loop, so that values that are cached for one turn, like turnClock's
  // time, are renewed.
  setImmediate(() => void run(message));
}

async function run(message: InvocationMessage): Promise<void> {
  const answered = Promise.withResolvers<ContainerMessage>();
  // As in Lambda's runtime: if the event loop is empty, the invocation ends.
  onLoopEmpty = () => answered.resolve({ kind: 'result', result: 'null' });
  void callHandler(message).then(answered.resolve);
  const answer = await answered.promise;
  onLoopEmpty = () => {};
  await Promise.all([process.stdout, process.stderr].map(untilWritten));
  // Work that the handler scheduled for this turn runs before the answer is sent, and nothing after
  // it.
  setImmediate(() => {
    say(answer);
    awaitEvent();
  });
}

async function callHandler(message: InvocationMessage): Promise<ContainerMessage> {
  try {
    const result = await handle(JSON.parse(message.event), makeContext(message));
    return { kind: 'result', result: JSON.stringify(result) ?? 'null' };
  } catch (thrown) {
    return { kind: 'failure', failure: describeFailure(thrown) };
  }
}

async function untilWritten(stream: NodeJS.WriteStream): Promise<void> {
  if (stream.writableLength > 0) await new Promise(resolve => stream.write('', resolve));
}

function end(failure: FailurePayload, code: number): never {
  say({ kind: 'ended', failure });
  process.exit(code);
}

function makeContext({ requestId, deadlineMs }: InvocationMessage) {
  const { functionName, functionArn, memoryMb, logGroupName, logStreamName } = start!;
  return {
    awsRequestId: requestId,
    callbackWaitsForEmptyEventLoop: true,
    functionName,
    functionVersion: '$LATEST',
    invokedFunctionArn: functionArn,
    memoryLimitInMB: String(memoryMb),
    logGroupName,
    logStreamName,
    getRemainingTimeInMillis: () => Math.max(0, deadlineMs - Date.now()),
  };
}
