import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pathToFileURL } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { findHandler } from '../../../local/lambda/bundle-file.ts';
import type { FunctionFailure } from '../../../local/lambda/function-failure.ts';
import { type LambdaFunctionOptions, LOCAL_CONCURRENCY } from '../../../local/lambda/lambda-function.ts';
import { placeOfCalls } from '../../../local/rights/place.ts';
import { policyDocumentSchema } from '../../../local/rights/statement.ts';
import { type TestFunction, testFunction } from '../../support/local/functions.ts';
import { projectFile } from '../../support/project-files.ts';

// Far more than necessary, for busy machines.
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

/** Whether a process is alive, and not only waiting for its parent to collect its exit code. */
function isRunning(pid: number): boolean {
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' });
  return /^[^Z\s]/.test(stdout);
}

describe('a function', () => {
  it('gets its event as JSON and returns JSON', async () => {
    const { lambda } = await make('export const handler = async event => ({ event, when: new Date(0) });');
    const { result, requestId } = await lambda.invoke({ gone: undefined, at: new Date(1000) });
    expect(result).toEqual({ event: { at: '1970-01-01T00:00:01.000Z' }, when: '1970-01-01T00:00:00.000Z' });
    expect(requestId).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('returns null without a result', async () => {
    const { lambda } = await make('export const handler = () => {};');
    expect((await lambda.invoke({})).result).toBeNull();
  });

  it('has the environment and the context of Lambda, without those of this process', async () => {
    const { lambda } = await make(
      `export const handler = async (event, context) => ({
         ...context, left: context.getRemainingTimeInMillis(), env: process.env });`,
      { environment: { GREETING: 'hello' }, timeoutMs: 5000 },
    );
    const { result, requestId } = await lambda.invoke({});
    expect(result).toEqual({
      awsRequestId: requestId,
      callbackWaitsForEmptyEventLoop: true,
      // macOS adds a variable to every process.
      env: expect.toSatisfy(({ __CF_USER_TEXT_ENCODING, ...env }) => {
        expect(env).toEqual({ GREETING: 'hello', AWS_LAMBDA_LOG_STREAM_NAME: expect.any(String) });
        return true;
      }),
      functionName: 'subject',
      functionVersion: '$LATEST',
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

  it('prints a long text in full before it is frozen', async () => {
    const { lambda, output } = await make(
      'export const handler = async () => { process.stdout.write("x".repeat(3_000_000)); };',
    );
    await lambda.invoke({});
    await eventually(() => output().length).toBe(3_000_000);
  });
});

describe('containers', () => {
  const COUNTING = 'let calls = 0; export const handler = async () => ++calls;';

  it('are reused for the next event', async () => {
    const { lambda } = await make(COUNTING);
    const results = [];
    for (let call = 0; call < 3; call++) results.push((await lambda.invoke({})).result);
    expect(results).toEqual([1, 2, 3]);
  });

  it('run concurrently in separate processes, each with one event at a time', async () => {
    // Each call waits for the other one: in one container, or one after the other, they would never
    // meet.
    const { lambda } = await make(`
      import { existsSync, writeFileSync } from 'node:fs';
      import { setTimeout } from 'node:timers/promises';
      const file = name => new URL(name, import.meta.url);
      export const handler = async ({ name, other }) => {
        writeFileSync(file(name), '');
        while (!existsSync(file(other))) await setTimeout(10);
        return process.pid;
      };`);
    const events = [
      { name: 'a', other: 'b' },
      { name: 'b', other: 'a' },
    ];
    const results = await Promise.all(events.map(event => lambda.invoke(event)));
    expect(new Set([process.pid, ...results.map(({ result }) => result)]).size).toBe(3);
  });

  it('are limited by the reserved concurrency; further events are rejected', async () => {
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

  it('are awaited without a reserved concurrency', async () => {
    const { lambda } = await make(COUNTING);
    const results = await Promise.all(Array.from({ length: 30 }, () => lambda.invoke({})));
    expect(results).toHaveLength(30);
  });

  it('are started for no waiting or later event after the function is stopped', async () => {
    const { lambda } = await make(
      'export const handler = () => new Promise(() => setInterval(() => {}, 1000));',
    );
    const failures = Array.from({ length: 10 }, () => failureOf(lambda.invoke({})));
    await lambda.stop();
    const names = (await Promise.all([...failures, failureOf(lambda.invoke({}))])).map(({ name }) => name);
    expect(names.slice(LOCAL_CONCURRENCY)).toEqual(Array(11 - LOCAL_CONCURRENCY).fill('Sandbox.Stopped'));
  });
});

describe('between two events', () => {
  // A container needs far longer than a timer of a millisecond to start and answer.
  async function letTimePass(): Promise<void> {
    const { lambda, drop } = await testFunction('export const handler = async () => {};');
    await lambda.invoke({});
    await drop();
  }

  it('a container is frozen; pending work continues with the next event', async () => {
    const { lambda } = await make(`
      import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
      const file = new URL('ticks', import.meta.url);
      writeFileSync(file, '');
      const ticks = () => readFileSync(file).length;
      const tick = () => appendFileSync(file, '.');
      export const handler = async ({ until }) => {
        if (until === undefined) { setInterval(tick, 1); return { file: file.pathname, ticks: ticks() }; }
        while (ticks() < until) await new Promise(resolve => setTimeout(resolve, 1));
        return { ticks: ticks() };
      };`);
    const { file } = (await lambda.invoke({})).result as { file: string };
    const ticks = () => readFileSync(file).length;
    const answered = ticks();
    await letTimePass();
    expect(ticks()).toBe(answered);
    expect((await lambda.invoke({ until: answered + 3 })).result).toEqual({ ticks: expect.any(Number) });
  });

  it('time passes: a clock that is read once in a turn of the event loop is read again', async () => {
    const { lambda } = await make(`
      import { turnClock } from ${JSON.stringify(pathToFileURL(projectFile('core/time/turn-clock.ts')).href)};
      export const handler = async () => {
        const now = Date.now();
        const fresh = turnClock() >= now;
        setImmediate(turnClock);
        return fresh;
      };`);
    await lambda.invoke({});
    await letTimePass();
    expect((await lambda.invoke({})).result).toBe(true);
  });
});

describe('a container', () => {
  it.each([
    ['waits on a timer that holds nothing', 'await new Promise(resolve => setTimeout(resolve, 10).unref());'],
    ['waits for a promise that never settles', 'await new Promise(() => {});'],
  ])('returns null when it %s, and handles the next event', async (_, wait) => {
    const { lambda } = await make(
      `export const handler = async event => { if (event.wait) { ${wait} } return 'answer'; };`,
    );
    expect((await lambda.invoke({ wait: true })).result).toBeNull();
    expect((await lambda.invoke({})).result).toBe('answer');
  });

  it('uses a late answer for no other event', async () => {
    const { lambda } = await make(`
      let late;
      export const handler = event => {
        if (event.first) return new Promise(resolve => { late = resolve; });
        late('late');
        return new Promise(resolve => setTimeout(resolve, 10, 'own'));
      };`);
    expect((await lambda.invoke({ first: true })).result).toBeNull();
    expect((await lambda.invoke({})).result).toBe('own');
  });

  it('is replaced if it is killed while frozen', async () => {
    const { lambda } = await make(
      'let calls = 0; export const handler = async () => [process.pid, ++calls];',
    );
    const [pid] = (await lambda.invoke({})).result as [number];
    process.kill(pid, 'SIGKILL');
    await eventually(() => isRunning(pid)).toBe(false);
    const next = await lambda.invoke({}).catch(() => lambda.invoke({}));
    expect(next.result).toEqual([expect.not.toSatisfy(other => other === pid), 1]);
  });

  it('ends when the function is stopped, with its child processes', async () => {
    const { lambda } = await make(
      `
      import { spawn } from 'node:child_process';
      export const handler = async () => [process.pid, spawn('sleep', ['1000'], { stdio: 'ignore' }).pid];`,
      {
        environment: { PATH: process.env.PATH ?? '' },
      },
    );
    const pids = (await lambda.invoke({})).result as number[];
    expect(pids.map(isRunning)).toEqual([true, true]);
    await lambda.stop();
    for (const pid of pids) await eventually(() => isRunning(pid)).toBe(false);
  });

  // One that is frozen, one that waits, and one that never yields.
  it('ends when its runtime is killed, during any work', async () => {
    const runtime = spawn(process.execPath, [projectFile('test/support/local/doomed-runtime.ts')], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let said = '';
    runtime.stdout.setEncoding('utf8').on('data', text => {
      said += text;
    });
    const pids = () => [...said.matchAll(/^(\d+)\n/gm)].map(([, pid]) => Number(pid));
    await eventually(pids).toHaveLength(3);
    expect(pids().map(isRunning)).toEqual([true, true, true]);
    runtime.kill('SIGKILL');
    for (const pid of pids()) await eventually(() => isRunning(pid)).toBe(false);
  });
});

describe('a function that fails', () => {
  it('returns the type, message and trace of its error, and its container is kept', async () => {
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

  it("has the type, message and stack of its error in its log, in Lambda's format", async () => {
    const { lambda, output } = await make(
      'export const handler = async () => { throw new TypeError("no\\nway"); };',
    );
    const { requestId } = await failureOf(lambda.invoke({}));
    await eventually(output).toMatch(/\n$/);
    const [time, ...line] = output().trimEnd().split('\t');
    expect(time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(line.slice(0, -1)).toEqual([requestId, 'ERROR', 'Invoke Error']);
    expect(JSON.parse(line.at(-1)!)).toEqual({
      errorType: 'TypeError',
      errorMessage: 'no\nway',
      stack: expect.arrayContaining([expect.stringContaining('index.mjs')]),
    });
  });

  it('has the reason in its log if its bundle could not be loaded', async () => {
    const { lambda, output } = await make('throw new RangeError("no settings");');
    await failureOf(lambda.warm());
    await eventually(output).toContain('{"errorType":"RangeError","errorMessage":"no settings","stack":[');
  });

  it.each([
    ['a text', '"no"', { errorType: 'string', errorMessage: 'no', trace: [] }],
    ['an object', '{ a: 1 }', { errorType: 'object', errorMessage: '{"a":1}', trace: [] }],
  ])('returns %s that it threw', async (_, thrown, payload) => {
    const { lambda } = await make(`export const handler = async () => { throw ${thrown}; };`);
    expect((await failureOf(lambda.invoke({}))).payload).toEqual(payload);
  });

  it('is reported each time', async () => {
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

  it('is ended when it exceeds its memory, and this process continues', async () => {
    const { lambda, output } = await make(
      'export const handler = async () => { const all = []; for (;;) all.push(new Array(100_000).fill(all.length)); };',
      { memoryMb: 32 },
    );
    const { requestId, payload } = await failureOf(lambda.invoke({}));
    expect(payload).toEqual({
      errorType: 'Runtime.ExitError',
      errorMessage: `RequestId: ${requestId} Error: Runtime exited with error: signal: aborted`,
    });
    await eventually(output).toContain('JavaScript heap out of memory');
  });

  it.each([
    [3, 'Runtime exited with error: exit status 3'],
    [0, 'Runtime exited without providing a reason'],
  ])('only ends its own container when it exits with %i', async (code, reason) => {
    const { lambda } = await make(
      'export const handler = async ({ code }) => { if (code !== undefined) process.exit(code); return 1; };',
    );
    const { requestId, payload } = await failureOf(lambda.invoke({ code }));
    expect(payload).toEqual({
      errorType: 'Runtime.ExitError',
      errorMessage: `RequestId: ${requestId} Error: ${reason}`,
    });
    expect((await lambda.invoke({})).result).toBe(1);
  });

  it.each([
    ['an uncaught error', "setTimeout(() => { throw new TypeError('lost'); });", 'TypeError', 'lost'],
    [
      'an unhandled rejection',
      "void Promise.reject(new TypeError('lost'));",
      'Runtime.UnhandledPromiseRejection',
      'TypeError: lost',
    ],
  ])('fails on %s, and the next event gets a new container', async (_, loss, errorType, errorMessage) => {
    const { lambda } = await make(
      `let calls = 0; export const handler = ({ lose }) => { calls++; if (!lose) return calls; ${loss} return new Promise(() => {}); };`,
    );
    const { payload } = await failureOf(lambda.invoke({ lose: true }));
    expect(payload).toEqual({ errorType, errorMessage, trace: expect.any(Array) });
    expect((await lambda.invoke({})).result).toBe(1);
  });

  it.each([
    ['throws while it is loaded', 'throw new RangeError("no settings");', 'RangeError', 'no settings'],
    [
      "can't be parsed",
      'export const',
      'Runtime.UserCodeSyntaxError',
      'SyntaxError: Unexpected end of input',
    ],
    [
      'imports a missing package',
      'import "./other.mjs";',
      'Runtime.ImportModuleError',
      expect.stringMatching(/^Error: Cannot find module '.*other.mjs' imported from .*index.mjs$/),
    ],
    [
      'waits for a promise that never settles while it loads',
      'await new Promise(() => {});',
      'Runtime.ExitError',
      expect.stringMatching(/^RequestId: [0-9a-f-]{36} Error: Runtime exited with error: exit status 13$/),
    ],
    [
      'has no such handler',
      'export const other = 1;',
      'Runtime.HandlerNotFound',
      'handler is undefined or not exported',
    ],
  ])('reports that its bundle %s', async (_, source, errorType, errorMessage) => {
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

it('is rejected if its bundle lacks the file of its handler', () => {
  expect(() => findHandler('/nowhere', 'main.run')).toThrow(
    new Error('The bundle of handler main.run has no main.mjs, .js or .cjs.'),
  );
});

describe('the rights of a function', () => {
  const rights = {
    role: 'subject',
    statements: policyDocumentSchema.parse({
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Action: 'dynamodb:GetItem',
          Resource: 'arn:aws:dynamodb:eu-central-1:000000000000:table/Mine',
        },
      ],
    }),
    place: placeOfCalls('http://127.0.0.1/s3'),
  };

  /** A function that calls a server like the SDK, or with fetch, and returns the result. */
  const source = `
    const sign = service => ({ authorization: 'AWS4-HMAC-SHA256 Credential=local/20260131/eu-central-1/' + service + '/aws4_request, Signature=0' });
    const post = async (url, headers, body) => {
      const { request } = (await import('node:http')).default;
      const { hostname, port } = new URL(url);
      return new Promise((resolve, reject) => {
        const sent = request({ hostname, port, method: 'POST', path: '/', headers }, answer => resolve(answer.statusCode));
        sent.on('error', reject);
        Promise.resolve().then(() => sent.end(body)).catch(reject);
      });
    };
    export const handler = async ({ url, table, document }) => {
      if (document) {
        const answer = await fetch(url, { method: 'POST', headers: sign('appsync'), body: JSON.stringify({ query: document }) });
        return { status: answer.status, text: await answer.text() };
      }
      const headers = { ...sign('dynamodb'), 'x-amz-target': 'DynamoDB_20120810.GetItem' };
      const body = JSON.stringify({ TableName: table, Key: { pk: { S: 'A' }, sk: { S: 'B' } } });
      return post(url, headers, body).catch(({ name, message }) => ({ name, message }));
    };`;

  it('allow the calls in its policies, and stop all others before they are sent', async () => {
    let requests = 0;
    const server = createServer((request, response) => {
      requests += 1;
      request.resume().once('end', () => response.writeHead(204).end());
    });
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const { lambda, output } = await make(source, { rights });
    expect((await lambda.invoke({ url, table: 'Mine' })).result).toBe(204);
    expect(requests).toBe(1);
    const why = 'because no identity-based policy allows the';
    const onTable = `User: subject is not authorized to perform: dynamodb:GetItem on resource: arn:aws:dynamodb:eu-central-1:000000000000:table/Other with key A ${why} dynamodb:GetItem action`;
    expect((await lambda.invoke({ url, table: 'Other' })).result).toEqual({
      name: 'AccessDeniedException',
      message: onTable,
    });
    const onField = `User: subject is not authorized to perform: appsync:GraphQL on resource: arn:aws:appsync:eu-central-1:000000000000:apis/local/types/Mutation/fields/publishEvent ${why} appsync:GraphQL action`;
    expect((await lambda.invoke({ url, document: 'mutation { publishEvent { id } }' })).result).toEqual({
      status: 403,
      text: JSON.stringify({ errors: [{ errorType: 'AccessDeniedException', message: onField }] }),
    });
    expect(requests).toBe(1);
    await eventually(output).toBe(`${onTable}\n${onField}\n`);
    server.close();
    server.closeAllConnections();
  });
});
