import { relative } from 'node:path';
import { type CountingLine, startCountingLine } from './demo/counting-line.ts';
import { type Demo, startDemo } from './demo/demo.ts';
import { parseStartOptions, type StartOptions } from './start-options.ts';
import { StartError } from './system/start-error.ts';
import { DEFAULT_LOCAL_DIRECTORY, type RunningSystem, startSystem } from './system/system.ts';

/**
 * Ctrl-C reaches this process twice, from the terminal and from npm: a second signal within this
 * time is the same key press.
 */
const SAME_SIGNAL_MS = 1000;

/** Time limit for the last reports of the simulated edges. */
const LAST_REPORTS_MS = 3000;

/** A sample query for the output. */
const SAMPLE_QUERY =
  '{ policies { items { name packets_matched bytes_matched } } trafficTotals { packets bytes active_flows } }';

const options = parseStartOptions(process.argv.slice(2));
let line: CountingLine | undefined;
const say = (text: string): void => (line ? line.say(text) : console.log(text));

try {
  await run(options);
} catch (cause) {
  const message = cause instanceof StartError ? cause.message : ((cause as Error).stack ?? String(cause));
  console.error(message);
  process.exit(1);
}

const MAIL = {
  INVITATION: 'you are invited. Your first password is',
  NEW_PASSWORD: 'the code to choose a new password is',
} as const;

async function run(options: StartOptions): Promise<void> {
  const { port, data, system: localDirectory = DEFAULT_LOCAL_DIRECTORY, verbose } = options;
  const interrupted = untilInterrupted();
  const began = performance.now();
  const ending = new AbortController();
  const starting = startSystem({
    signal: ending.signal,
    port,
    dataDirectory: data,
    localDirectory,
    onProgress: text => say(`… ${text}`),
    onNotice: say,
    onMail: mail => say(`Mail to ${mail.to}: ${MAIL[mail.about]} ${mail.code}`),
    ...(verbose && { onFunctionOutput: say }),
  });
  const system = await Promise.race([starting, interrupted.then(() => undefined)]);
  if (!system) return giveUp(starting, ending);
  const demo = await Promise.race([begin(system, options), interrupted.then(() => 'interrupted' as const)]);
  if (demo === 'interrupted') return giveUp(starting, ending);
  say(readyText({ system, data, localDirectory, seconds: (performance.now() - began) / 1000 }));
  if (demo) line = startCountingLine({ demo, output: process.stdout });

  const reason = await Promise.race([interrupted, system.died]);
  line?.stop();
  line = undefined;
  if (reason !== undefined)
    console.error(`${reason}\nThe system has stopped; start it again with npm start.`);
  else say('Stopping; Ctrl-C again ends it at once.');
  await stop(system, demo);
  process.exit(reason === undefined ? 0 : 1);
}

/**
 * Starts the demo and takes a first snapshot: otherwise history would refuse every range in the
 * first minute. A failure is reported elsewhere, and the schedule takes the next snapshot a minute
 * later.
 */
async function begin(
  system: RunningSystem,
  { demo: withDemo, seed }: StartOptions,
): Promise<Demo | undefined> {
  const minute = Math.floor(Date.now() / 60_000) * 60_000;
  const [demo] = await Promise.all([
    withDemo ? startDemo({ system, seed, onNotice: say }) : undefined,
    system.invoke('snapshot', { scheduled_at: new Date(minute).toISOString() }).catch(() => {}),
  ]);
  return demo;
}

/** Ends during the start: the engines end with this process, and its folders are released. */
function giveUp(starting: Promise<unknown>, ending: AbortController): void {
  say('Stopped before the system was ready.');
  starting.catch(() => {});
  ending.abort();
  process.exit(0);
}

async function stop(system: RunningSystem, demo: Demo | undefined): Promise<void> {
  // If an engine has ended, the edges may be unable to send their last reports.
  const limit = new Promise(resolve => setTimeout(resolve, LAST_REPORTS_MS));
  await Promise.race([demo?.stop().catch(() => {}), limit]);
  await system.stop();
}

/** Resolves at the first Ctrl-C; the second one ends the process, and the engines with it. */
function untilInterrupted(): Promise<undefined> {
  return new Promise(resolve => {
    let first: number | undefined;
    const onSignal = (): void => {
      const now = performance.now();
      first ??= now;
      if (now - first > SAME_SIGNAL_MS) process.exit(130);
      resolve(undefined);
    };
    process.on('SIGINT', onSignal);
    process.on('SIGTERM', onSignal);
  });
}

interface ReadyState {
  system: RunningSystem;
  data: string | undefined;
  localDirectory: string;
  seconds: number;
}

function readyText({ system: { endpoints }, data, localDirectory, seconds }: ReadyState): string {
  const { dashboard, graphql, realtime, dynamodb, kinesis, stream, cognito, users } = endpoints;
  return [
    '',
    `Patronus is ready (${seconds.toFixed(1)} s).`,
    `  console     ${dashboard}`,
    `  GraphQL     ${graphql}`,
    `  real time   ${realtime}`,
    `  sign-in     ${cognito}`,
    `  DynamoDB    ${dynamodb}`,
    `  Kinesis     ${kinesis}  stream ${stream}`,
    `  sign-ins    ${users.map(({ email }) => email).join(', ')}  password ${users[0]!.password}`,
    `  files       amplify_outputs.json, endpoints.json and logs/ in ${shortPath(localDirectory)}`,
    data === undefined
      ? 'All data is in memory and lost at the end; npm start -- --data FOLDER keeps it.'
      : `All data is kept in ${data}.`,
    '',
    'What to try next, in another terminal:',
    `  ${tokenCommand(localDirectory, 'admin')}    prints an access token (also for operator and viewer)`,
    `  ${sampleQuery(graphql, localDirectory)}`,
    '  README.md, "A tour", has more.',
    '',
  ].join('\n');
}

function tokenCommand(localDirectory: string, group: string): string {
  const where = localDirectory === DEFAULT_LOCAL_DIRECTORY ? '' : ` --system ${localDirectory}`;
  return `npm run -s token -- ${group}${where}`;
}

/** A shell command that queries the counts. */
function sampleQuery(graphql: string, localDirectory: string): string {
  const body = JSON.stringify({ query: SAMPLE_QUERY });
  return `curl -s ${graphql} -H "authorization: $(${tokenCommand(localDirectory, 'viewer')})" -d '${body}'`;
}

/** A path relative to the current folder if it is inside, otherwise absolute. */
function shortPath(path: string): string {
  const short = relative(process.cwd(), path);
  return short === '' || short.startsWith('..') ? path : short;
}
