import { afterEach, describe, expect, it } from 'vitest';
import { findHandler } from '../../../local/lambda/bundle-file.ts';
import type { FunctionFailure } from '../../../local/lambda/function-failure.ts';
import type { LambdaFunctionOptions } from '../../../local/lambda/lambda-function.ts';
import { type TestFunction, testFunction } from '../../support/local/functions.ts';

// Far more than it takes, for machines that are busy with other things.
const eventually = <T>(look: () => T) => expect.poll(look, { timeout: 20_000 });

let subject: TestFunction | undefined;
afterEach(async () => {
  await subject?.drop();
  subject = undefined;
});

async function make(source: string, options: Partial<LambdaFunctionOptions> = {}): Promise<TestFunction> {
  subject = await testFunction(source, options);
  return subject;
}

async function failureOf(promise: Promise<unknown>): Promise<FunctionFailure> {
  return promise.then(
    () => expect.fail('the function should have failed'),
    failure => failure,
  );
}

describe('a function', () => {
  it('gets its event as JSON and answers as JSON', async () => {
    const { lambda } = await make('export const handler = async event => ({ event, when: new Date(0) });');
    const { result, requestId } = await lambda.invoke({ gone: undefined, at: new Date(1000) });
    expect(result).toEqual({ event: { at: '1970-01-01T00:00:01.000Z' }, when: '1970-01-01T00:00:00.000Z' });
    expect(requestId).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('answers null when it answers nothing', async () => {
    const { lambda } = await make('export const handler = () => {};');
    expect((await lambda.invoke({})).result).toBeNull();
  });

  it('has the environment and the context of Lambda, and nothing of this process', async () => {
    const { lambda } = await make(
      `export const handler = async (event, context) => ({
         ...context, left: context.getRemainingTimeInMillis(), env: process.env.GREETING, home: process.env.HOME ?? 'none' });`,
      { environment: { GREETING: 'hello' }, timeoutMs: 5000 },
    );
    const { result, requestId } = await lambda.invoke({});
    expect(result).toEqual({
      awsRequestId: requestId,
      callbackWaitsForEmptyEventLoop: true,
      env: 'hello',
      functionName: 'subject',
      functionVersion: '$LATEST',
      home: 'none',
      invokedFunctionArn: 'arn:aws:lambda:eu-central-1:000000000000:function:subject',
      left: expect.toSatisfy(left => left > 0 && left <= 5000),
      logGroupName: '/aws/lambda/subject',
      logStreamName: expect.stringMatching(/^\d{4}\/\d\d\/\d\d\/\[\$LATEST\][0-9a-f]{32}$/),
      memoryLimitInMB: '128',
    });
  });

  it('prints to its log', async () => {
    const { lambda, output } = await make(
      'export const handler = async () => { console.log("out"); console.error("err"); };',
    );
    await lambda.invoke({});
    await eventually(output).toMatch(/out\n/);
    await eventually(output).toMatch(/err\n/);
  });
});

describe('containers', () => {
  const COUNTING = 'let calls = 0; export const handler = async () => ++calls;';

  it('stay for the next event', async () => {
    const { lambda } = await make(COUNTING);
    const results = [];
    for (let call = 0; call < 3; call++) results.push((await lambda.invoke({})).result);
    expect(results).toEqual([1, 2, 3]);
  });

  const MEETING = `
    const bus = new BroadcastChannel('meeting');
    const met = new Promise(resolve => { bus.onmessage = () => resolve('met'); });
    export const handler = async () => { const timer = setInterval(() => bus.postMessage(1), 10);
      const answer = await met; clearInterval(timer); bus.postMessage(1); bus.unref(); return answer; };`;

  it('run beside one another, each for one event at a time', async () => {
    // Each call waits for the other: in one container, or one after the other, they would never meet.
    const { lambda } = await make(MEETING);
    const results = await Promise.all([lambda.invoke({}), lambda.invoke({})]);
    expect(results.map(({ result }) => result)).toEqual(['met', 'met']);
  });

  it('are no more than the reserved concurrency; further events are refused', async () => {
    const { lambda } = await make(COUNTING, { reservedConcurrency: 1 });
    const [first, second] = await Promise.allSettled([lambda.invoke({}), lambda.invoke({})]);
    expect(first).toMatchObject({ status: 'fulfilled' });
    expect(second).toMatchObject({
      status: 'rejected',
      reason: {
        name: 'TooManyRequestsException',
        message: 'Rate Exceeded: subject has no concurrency left.',
      },
    });
    await expect(lambda.invoke({})).resolves.toMatchObject({ result: 2 });
  });

  it('are waited for without a reserved concurrency', async () => {
    const { lambda } = await make(COUNTING);
    const results = await Promise.all(Array.from({ length: 30 }, () => lambda.invoke({})));
    expect(results).toHaveLength(30);
  });
});

describe('a function that fails', () => {
  it('gives the type, message and trace of what it threw, and its container stays', async () => {
    const { lambda } = await make(`
      class Odd extends Error { name = 'Odd'; }
      let calls = 0;
      export const handler = async () => { if (++calls === 1) throw new Odd('no'); return calls; };`);
    const failure = await failureOf(lambda.invoke({}));
    expect(failure.payload).toEqual({
      errorType: 'Odd',
      errorMessage: 'no',
      trace: expect.arrayContaining([expect.stringMatching(/^Odd: no|^Error: no/)]),
    });
    expect(failure).toMatchObject({ name: 'Odd', message: 'no' });
    expect((await lambda.invoke({})).result).toBe(2);
  });

  it('has type, message and stack of it in its log, as Lambda writes them', async () => {
    const { lambda, output } = await make(
      'export const handler = async () => { throw new TypeError("no\\nway"); };',
    );
    const { requestId } = await failureOf(lambda.invoke({}));
    const [time, ...line] = output().trimEnd().split('\t');
    expect(time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(line.slice(0, -1)).toEqual([requestId, 'ERROR', 'Invoke Error']);
    expect(JSON.parse(line.at(-1)!)).toEqual({
      errorType: 'TypeError',
      errorMessage: 'no\nway',
      stack: expect.arrayContaining([expect.stringContaining('index.mjs')]),
    });
  });

  it('has in its log why its bundle could not be loaded', async () => {
    const { lambda, output } = await make('throw new RangeError("no settings");');
    await failureOf(lambda.warm());
    expect(output()).toContain('{"errorType":"RangeError","errorMessage":"no settings","stack":[');
  });

  it.each([
    ['a text', '"no"', { errorType: 'string', errorMessage: 'no', trace: [] }],
    ['an object', '{ a: 1 }', { errorType: 'object', errorMessage: '{"a":1}', trace: [] }],
  ])('gives %s that it threw', async (_, thrown, payload) => {
    const { lambda } = await make(`export const handler = async () => { throw ${thrown}; };`);
    expect((await failureOf(lambda.invoke({}))).payload).toEqual(payload);
  });

  it('is told of, every time', async () => {
    const told: string[] = [];
    const { lambda } = await make('export const handler = async () => { throw new Error("no"); };', {
      onFailure: ({ message }) => told.push(message),
    });
    await failureOf(lambda.invoke({}));
    await failureOf(lambda.invoke({}));
    expect(told).toEqual(['no', 'no']);
  });

  it.each([
    ['waits for ever', 'await new Promise(() => setInterval(() => {}, 1000));'],
    ['never gives way', 'for (;;);'],
  ])('is ended when it %s, and the next event gets a new container', async (_, wait) => {
    const { lambda } = await make(
      `let calls = 0; export const handler = async event => { calls++; if (event.wait) { ${wait} } return calls; };`,
      { timeoutMs: 1500 },
    );
    expect((await lambda.invoke({})).result).toBe(1);
    const failure = await failureOf(lambda.invoke({ wait: true }));
    expect(failure.payload).toEqual({
      errorType: 'Sandbox.Timedout',
      errorMessage: `RequestId: ${failure.requestId} Error: Task timed out after 1.50 seconds`,
    });
    expect((await lambda.invoke({})).result).toBe(1);
  });

  it('is ended when it uses up its memory, and this process lives on', async () => {
    const { lambda } = await make(
      'export const handler = async () => { const all = []; for (;;) all.push(new Array(100_000).fill(all.length)); };',
      { memoryMb: 32 },
    );
    expect((await failureOf(lambda.invoke({}))).payload).toEqual({
      errorType: 'Runtime.OutOfMemory',
      errorMessage: 'The function ran out of its memory',
    });
  });

  it('only ends its own container when it exits', async () => {
    const { lambda } = await make(
      'export const handler = async event => { if (event.exit) process.exit(3); return 1; };',
    );
    expect((await failureOf(lambda.invoke({ exit: true }))).payload).toEqual({
      errorType: 'Runtime.ExitError',
      errorMessage: 'Runtime exited with exit status 3',
    });
    expect((await lambda.invoke({})).result).toBe(1);
  });

  it('fails on an error that nobody catches', async () => {
    const { lambda } = await make(
      `export const handler = () => { setTimeout(() => { throw new TypeError('lost'); }); return new Promise(() => {}); };`,
    );
    expect((await failureOf(lambda.invoke({}))).payload).toMatchObject({
      errorType: 'TypeError',
      errorMessage: 'lost',
    });
  });

  it.each([
    ['throws while it is loaded', 'throw new RangeError("no settings");', 'RangeError', 'no settings'],
    ['can’t be parsed', 'export const', 'SyntaxError', 'Unexpected end of input'],
    [
      'has no such handler',
      'export const other = 1;',
      'Runtime.HandlerNotFound',
      'handler is undefined or not exported',
    ],
  ])('says so when its bundle %s', async (_, source, errorType, errorMessage) => {
    const { lambda } = await make(source);
    expect((await failureOf(lambda.invoke({}))).payload).toMatchObject({ errorType, errorMessage });
    await expect(lambda.warm()).rejects.toMatchObject({ name: errorType, message: errorMessage });
  });

  it.each([
    ['an event', { text: 'x'.repeat(6 * 1024 * 1024) }, 'event'],
    ['an answer', { size: 6 * 1024 * 1024 }, 'answer'],
  ])('fails on %s over 6 MB', async (_, event, what) => {
    const { lambda } = await make('export const handler = async event => "x".repeat(event.size ?? 0);');
    expect((await failureOf(lambda.invoke(event))).payload).toEqual({
      errorType: 'Function.ResponseSizeTooLarge',
      errorMessage: `The ${what} is larger than the 6291456 bytes that Lambda takes`,
    });
  });
});

it('a bundle without the file of its handler is refused', () => {
  expect(() => findHandler('/nowhere', 'main.run')).toThrow(
    new Error('The bundle of handler main.run has no main.mjs, .js or .cjs.'),
  );
});
