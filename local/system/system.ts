import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { systemClock, systemSleep } from '../../core/time/clock.ts';
import { systemSchedule } from '../../core/time/schedule.ts';
import { REGION } from '../aws/account.ts';
import { consoleFiles } from '../console/console-files.ts';
import { makeServeConsole } from '../console/serve-console.ts';
import type { CognitoOptions } from '../engines/cognito.ts';
import { type Engines, startEngines } from '../engines/engines.ts';
import { JavaMissing } from '../engines/java.ts';
import { KeptDataError } from '../engines/kept-data-error.ts';
import { openFunctionLogs } from '../lambda/function-logs.ts';
import { type Provisioned, provision } from '../provision/provision.ts';
import { LAMBDA_PATH } from '../provision/services.ts';
import { SIGN_INS } from '../provision/sign-ins.ts';
import { checkDeployment } from '../resources/check-deployment.ts';
import { readCloudAssembly } from '../template/cloud-assembly.ts';
import { synthesize } from '../template/synthesize.ts';
import { type Endpoints, localOutputs, removeOutputs, writeOutputs } from './outputs.ts';
import { startServer } from './server.ts';
import { StartError } from './start-error.ts';
import { takeFolder } from './take-folder.ts';

export interface SystemOptions {
  /** Port of the GraphQL API; 0, the default, for any free one. */
  port?: number;
  /**
   * Folder for all data, kept between runs and releases; without it, all data is lost at the end.
   */
  dataDirectory?: string | undefined;
  /**
   * Folder of endpoints.json, logs and scratch files; one system at a time in it. Default: `.local`
   * of the project.
   */
  localDirectory?: string;
  /**
   * Aborts the start. The caller must then end this process, which ends everything that was
   * started.
   */
  signal?: AbortSignal;
  /** Settings of the deployment, as in `cdk deploy -c name=value`. */
  context?: Record<string, string>;
  /** Called with each step of the start. */
  onProgress?: (text: string) => void;
  /** Called with a sentence about each problem at run time. */
  onNotice?: (text: string) => void;
  /** Called for each mail that Cognito would have sent. */
  onMail?: CognitoOptions['onMail'];
  /** Called for every line of functions' output, prefixed with the function's name. */
  onFunctionOutput?: ((line: string) => void) | undefined;
}

/** The whole system on this machine. */
export interface RunningSystem {
  endpoints: Endpoints;
  userPoolId: string;
  userPoolClientId: string;
  /** Physical names of the tables, by short name: network, traffic, cache. */
  tables: Provisioned['tables'];
  /** Queues for failures, by short name, such as "ingestfailed". */
  queues: Provisioned['queues'];
  /** Runs a function by its short name, such as "cleanup", and returns its answer. */
  invoke(functionName: string, event: unknown): Promise<unknown>;
  /**
   * Resolves with a sentence if a part of the system has ended unexpectedly; then the rest should
   * be stopped.
   */
  died: Promise<string>;
  stop(): Promise<void>;
}

export const DEFAULT_LOCAL_DIRECTORY = fileURLToPath(new URL('../../.local', import.meta.url));

/**
 * Starts the system as it is deployed: synthesizes the CDK app and runs its template and bundles on
 * local engines.
 * @throws StartError with one sentence that says what to do; everything that had started is
 * stopped.
 */
export async function startSystem(options: SystemOptions = {}): Promise<RunningSystem> {
  const { port = 0, context = {}, onProgress = () => {}, onNotice = () => {} } = options;
  const localDirectory = resolve(options.localDirectory ?? DEFAULT_LOCAL_DIRECTORY);
  const dataDirectory = options.dataDirectory && resolve(options.dataDirectory);
  const undo: (() => unknown)[] = [];

  let isStopping = false;
  // Calls that a stop interrupts are no failures.
  const onFailure = (text: string): void => {
    if (!isStopping) onNotice(text);
  };

  async function stop(): Promise<void> {
    isStopping = true;
    for (let step = undo.pop(); step; step = undo.pop()) await step();
  }

  try {
    return await start();
  } catch (cause) {
    await stop();
    throw asStartError(cause);
  }

  async function start(): Promise<RunningSystem> {
    undo.push(await takeFolder(localDirectory, '--system'));
    if (dataDirectory !== undefined) undo.push(await takeFolder(dataDirectory, '--data'));
    const server = await startServer(port);
    undo.push(() => server.close());

    onProgress('Starting DynamoDB Local, kinesis-local and cognito-local; synthesizing the CDK app');
    const [engines, [templateFolder, consoleFolder]] = await bothOrNone(
      startEngines({
        scratchDirectory: join(localDirectory, 'scratch'),
        dataDirectory,
        onMail: options.onMail,
        onReady: ({ name }) => onProgress(`${name} runs`),
      }),
      Promise.all([
        synthesize({ context, ...(options.signal && { signal: options.signal }) }).then(folder => {
          onProgress('The CDK app is synthesized');
          return folder;
        }),
        consoleFiles({ onBuild: () => onProgress('Building the console, because its sources have changed') }),
      ]),
    );
    undo.push(() => engines.stop());

    onProgress('Creating tables, stream, sign-in and functions from the template');
    const assembly = await readCloudAssembly(templateFolder);
    checkDeployment(assembly);
    const logs = openFunctionLogs(join(localDirectory, 'logs'), { echo: options.onFunctionOutput });
    undo.push(() => logs.close());
    const provisioned = await provision({
      assembly,
      engines: {
        dynamodb: engines.dynamodb.endpoint,
        kinesis: engines.kinesis.endpoint,
        cognito: engines.cognito,
      },
      server: server.address,
      signIns: SIGN_INS,
      logs,
      dataDirectory,
      mailFile: join(localDirectory, 'mails.jsonl'),
      scratchDirectory: join(localDirectory, 'scratch'),
      onFunctionFailure: (name, { message }) =>
        onFailure(`Function ${name} failed: ${message} Its log: ${logs.file(name)}`),
      onQueueMessage: (name, body) =>
        onNotice(`A call was given up; a message went to the queue ${name}: ${JSON.stringify(body)}`),
      onTrouble: (what, details) => onFailure(`${what}: ${describe(details)}`),
      clock: systemClock,
      sleep: systemSleep,
      schedule: systemSchedule,
    });
    undo.push(() => provisioned.stop());

    const names = [...provisioned.functions.keys()].join(', ');
    onProgress(`Loading the functions: ${names}`);
    await Promise.all([...provisioned.functions].map(([name, lambda]) => warm(name, lambda)));
    await provisioned.start();

    const { userPoolId, userPoolClientId, groups } = provisioned;
    const endpoints = endpointsOf(server.address, engines, provisioned);
    const outputs = { endpoints, userPoolId, userPoolClientId, groups };
    const serveConsole = makeServeConsole({
      folder: consoleFolder,
      outputs: JSON.stringify(localOutputs(outputs)),
      connectTo: [endpoints.graphql, endpoints.realtime, endpoints.cognito],
    });
    server.mount({ ...provisioned, serveConsole });
    await writeOutputs(localDirectory, outputs);
    const remove = () => removeOutputs(localDirectory);
    process.once('exit', remove);
    undo.push(remove, () => void process.off('exit', remove));
    server.setReady();
    return {
      endpoints,
      userPoolId,
      userPoolClientId,
      tables: provisioned.tables,
      queues: provisioned.queues,
      async invoke(functionName, event) {
        const lambda = provisioned.functions.get(functionName);
        if (!lambda) throw new Error(`There is no function ${functionName}.`);
        return (await lambda.invoke(event)).result;
      },
      died: engines.died,
      stop,
    };
  }
}

/**
 * Converts errors that a person can fix to a StartError. Other errors are faults of the system and
 * keep their stack.
 */
function asStartError(cause: unknown): unknown {
  if (cause instanceof JavaMissing || cause instanceof KeptDataError) {
    return new StartError(cause.message, { cause });
  }
  const { code, path, syscall } = cause as NodeJS.ErrnoException;
  if (path === undefined || syscall === undefined) return cause;
  return new StartError(`${path} can't be used (${syscall}: ${code}): fix this, and start again.`, {
    cause,
  });
}

function endpointsOf(address: string, engines: Engines, provisioned: Provisioned): Endpoints {
  const { graphqlUrl, streamName, functions } = provisioned;
  return {
    region: REGION,
    graphql: graphqlUrl,
    realtime: `${graphqlUrl.replace('http:', 'ws:')}/realtime`,
    dashboard: `${address}/`,
    dynamodb: engines.dynamodb.endpoint,
    kinesis: engines.kinesis.endpoint,
    stream: streamName,
    lambda: `${address}${LAMBDA_PATH}`,
    ingest: functions.get('ingest')!.name,
    cognito: engines.cognito.endpoint,
    users: [...SIGN_INS],
  };
}

async function warm(name: string, lambda: { warm(): Promise<void> }): Promise<void> {
  try {
    await lambda.warm();
  } catch (cause) {
    throw new Error(`Function ${name} can't be loaded: ${(cause as Error).message}`, { cause });
  }
}

/** Waits for both. If the second one fails, the result of the first one is stopped. */
async function bothOrNone<A extends { stop(): Promise<void> }, B>(
  first: Promise<A>,
  second: Promise<B>,
): Promise<[A, B]> {
  const [started, done] = await Promise.allSettled([first, second]);
  if (started.status === 'rejected') throw started.reason;
  if (done.status === 'fulfilled') return [started.value, done.value];
  await started.value.stop();
  throw done.reason;
}

function describe(details: unknown): string {
  return details instanceof Error ? details.message : JSON.stringify(details);
}
