import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lockFolder } from '../../../core/folder-lock.ts';
import { DEMO_SITES } from '../../../local/demo/demo-sites.ts';
import { graphqlClient } from '../../../local/demo/graphql-client.ts';
import type { Endpoints } from '../../../local/system/outputs.ts';
import { projectFile } from '../../support/project-files.ts';

const PROJECT = projectFile('');
/** A folder in which no one may create another one, on Linux. */
const SYSTEM_FOLDER = '/sys/kernel';

interface Start {
  child: ChildProcess;
  output(): string;
  /** Resolves with the exit code. */
  ended: Promise<number | null>;
}

/** Runs `npm start --` with options, as a process of its own. */
function start(...options: string[]): Start {
  const child = spawn(process.execPath, ['local/main.ts', ...options], {
    cwd: PROJECT,
    env: { ...process.env, INIT_CWD: '' },
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', chunk => {
      text += chunk;
    });
  }
  const ended = new Promise<number | null>(resolve => child.once('exit', resolve));
  return { child, output: () => text, ended };
}

/**
 * Resolves with the output once the program says that it is ready; rejects with it when the program
 * ends earlier.
 */
function untilReady({ child, output }: Start): Promise<void> {
  return new Promise((resolve, reject) => {
    child.stdout?.on('data', () => /Patronus is ready/.test(output()) && resolve());
    child.once('exit', () => reject(new Error(`It ended before it was ready:\n${output()}`)));
  });
}

async function answers(address: string): Promise<boolean> {
  return fetch(address).then(
    () => true,
    () => false,
  );
}

describe('npm start', () => {
  let folder: string;
  let system: string;
  let data: string;
  let running: Start;
  let endpoints: Endpoints;
  let port: string;

  const readOutput = async <T>(file: string): Promise<T> =>
    JSON.parse(await readFile(join(system, file), 'utf8')) as T;
  const signedIn = async () => {
    const { auth } = await readOutput<{ auth: { user_pool_client_id: string } }>('amplify_outputs.json');
    const { graphql, cognito, users } = endpoints;
    return graphqlClient({ graphql, cognito, clientId: auth.user_pool_client_id, signIn: users[1]! });
  };
  /** The health of every path at each of the demo's sites, as its edges measure them. */
  const pathStatuses = async (call: Awaited<ReturnType<typeof signedIn>>) => {
    const { sites } = await call<{ sites: { items: { id: string; name: string }[] } }>(
      '{ sites { items { id name } } }',
    );
    const shown = sites.items.map(async ({ id, name }) => {
      const { paths } = await call<{ paths: { items: { status: string }[] } }>(
        'query ($site_id: ID!) { paths(site_id: $site_id) { items { status } } }',
        { site_id: id },
      );
      return [name, paths.items.map(({ status }) => status)] as const;
    });
    return Object.fromEntries(await Promise.all(shown));
  };
  const policies = async () => {
    const call = await signedIn();
    return {
      create: (name: string) =>
        call('mutation ($name: String!) { createPolicy(name: $name, priority: 5) { id } }', { name }),
      names: async () => {
        const page = await call<{ policies: { items: { name: string }[] } }>(
          '{ policies { items { name } } }',
        );
        return page.policies.items.map(({ name }) => name);
      },
    };
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'patronus-npm-start-'));
    system = join(folder, 'system');
    data = join(folder, 'data');
    running = start('--port', '0', '--no-demo', '--data', data, '--system', system);
    await untilReady(running);
    endpoints = await readOutput<Endpoints>('endpoints.json');
    port = new URL(endpoints.graphql).port;
  }, 120_000);

  afterAll(async () => {
    running?.child.kill('SIGKILL');
    await running?.ended;
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  it('lists all addresses, on the loopback', () => {
    expect(endpoints).toEqual({
      region: 'eu-central-1',
      graphql: `http://127.0.0.1:${port}/graphql`,
      realtime: `ws://127.0.0.1:${port}/graphql/realtime`,
      dashboard: `http://127.0.0.1:${port}/`,
      dynamodb: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
      kinesis: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
      cognito: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
      stream: expect.stringContaining('Reports'),
      lambda: `http://127.0.0.1:${port}/lambda`,
      ingest: expect.stringContaining('Ingest'),
      users: ['admin', 'operator', 'viewer'].map(group => ({
        email: `${group}@example.com`,
        password: expect.any(String),
        groups: [group],
      })),
    });
    const output = running.output();
    for (const value of [
      endpoints.graphql,
      endpoints.realtime,
      endpoints.stream,
      endpoints.users[0]!.password,
    ]) {
      expect(output).toContain(value);
    }
    expect(output).toContain(`All data is kept in ${data}.`);
  });

  it('gives the Amplify client its configuration', async () => {
    expect(await readOutput('amplify_outputs.json')).toEqual({
      version: '1.4',
      auth: {
        aws_region: 'eu-central-1',
        user_pool_id: expect.any(String),
        user_pool_client_id: expect.any(String),
        username_attributes: ['email'],
        standard_required_attributes: ['email'],
        user_verification_types: ['email'],
        unauthenticated_identities_enabled: false,
        mfa_configuration: 'OPTIONAL',
        mfa_methods: ['TOTP'],
        groups: [
          { admin: { precedence: 0 } },
          { operator: { precedence: 1 } },
          { viewer: { precedence: 2 } },
        ],
      },
      data: {
        aws_region: 'eu-central-1',
        url: endpoints.graphql,
        default_authorization_type: 'AMAZON_COGNITO_USER_POOLS',
        authorization_types: ['AWS_IAM'],
      },
      custom: {
        sign_in_endpoint: endpoints.cognito,
        on_the_loopback: {
          realtime: endpoints.realtime,
          auth_flow: 'USER_PASSWORD_AUTH',
          set_up: expect.arrayContaining([expect.stringContaining('userPoolEndpoint')]),
        },
      },
    });
  });

  it('ends its start with commands to try next, which work when they are pasted', async () => {
    const line = running
      .output()
      .split('\n')
      .find(each => each.startsWith('  curl '))!;
    const { data } = JSON.parse(await shell(line)) as { data: { policies: { items: { name: string }[] } } };
    expect(data.policies.items.map(({ name }) => name)).toContain('Default');
    const token = await shell(`npm run -s token -- admin --system ${system}`);
    expect(JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString())).toMatchObject({
      'cognito:groups': ['admin'],
    });
    await expect(shell(`npm run -s token -- boss --system ${system}`)).rejects.toThrow(
      'No user of the local system is in the group boss. Its groups are admin, operator, viewer.',
    );
    await expect(shell(`npm run -s token -- admin --system ${folder}`)).rejects.toThrow(
      'No local system is running: start one with npm start.',
    );
  }, 60_000);

  it('is healthy, and serves signed-in people', async () => {
    expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200);
    const { create, names } = await policies();
    await create('Kept');
    expect(await names()).toEqual(['Kept', 'Default']);
  });

  it('rejects a second start in the same folder with one sentence', async () => {
    const second = start('--port', '0', '--system', system);
    expect(await second.ended).toBe(1);
    const { pid } = running.child;
    expect(second.output()).toBe(
      `A system already runs in the folder ${system} (process ${pid}): use it, or stop it with Ctrl-C or kill ${pid} and start again.\n`,
    );
  });

  it('rejects a second start on the same data with one sentence', async () => {
    const second = start('--port', '0', '--system', join(folder, 'other'), '--data', data);
    expect(await second.ended).toBe(1);
    expect(second.output()).toMatch(
      new RegExp(`^A system already runs in the folder ${data} \\(process \\d+\\): [^\n]+\n$`),
    );
  });

  it('rejects a used port with one sentence', async () => {
    const second = start('--port', port, '--system', join(folder, 'other'));
    expect(await second.ended).toBe(1);
    expect(second.output()).toBe(
      `Port ${port} is in use by another program: stop it, or choose another port with npm start -- --port ${Number(port) + 1}.\n`,
    );
  });

  it('rejects a file or a read-only folder as its data folder with one sentence', async () => {
    const file = join(folder, 'file');
    await writeFile(file, '');
    const other = join(folder, 'other');
    for (const [data, sentence] of [
      [file, `${file} is not a folder, or is inside a file`],
      [join(file, 'inside'), `${join(file, 'inside')} is not a folder, or is inside a file`],
      ...(existsSync(SYSTEM_FOLDER)
        ? [
            [
              join(SYSTEM_FOLDER, 'none'),
              `This user is not allowed to write in the folder ${SYSTEM_FOLDER}/none`,
            ],
          ]
        : []),
    ]) {
      const second = start('--port', '0', '--system', other, '--data', data!);
      expect([await second.ended, second.output()]).toEqual([
        1,
        `${sentence}: choose another one with npm start -- --data FOLDER.\n`,
      ]);
      expect(existsSync(join(other, 'lock.json'))).toBe(false);
    }
  });

  it.each([
    ['at once', /Starting/],
    ['in the middle', /Creating tables/],
  ])(
    'ends at Ctrl-C %s of the start, with a sentence and without a lock',
    async (_, when) => {
      const other = join(folder, 'interrupted');
      const begun = start('--port', '0', '--system', other, '--data', join(folder, 'other-data'));
      await expect.poll(begun.output, { timeout: 60_000 }).toMatch(when);
      begun.child.kill('SIGINT');
      expect(await begun.ended).toBe(0);
      expect(begun.output()).toMatch(/^(… [^\n]+\n)+Stopped before the system was ready\.\n$/);
      for (const held of [other, join(folder, 'other-data')]) {
        expect(existsSync(join(held, 'lock.json'))).toBe(false);
        (await lockFolder(held))();
      }
    },
    90_000,
  );

  it.each([
    [
      ['--port', 'http'],
      "error: option '--port <port>' argument 'http' is invalid. A port is a whole number from 0 (any free one) to 65535.\n",
    ],
    [['--colour'], "error: unknown option '--colour'\n"],
  ])('rejects %j', async (options, message) => {
    const second = start(...options);
    expect(await second.ended).toBe(1);
    expect(second.output()).toBe(message);
  });

  it('needs Java, and reports if it is missing', async () => {
    const path = process.env.PATH;
    process.env.PATH = '/nowhere';
    const second = start('--port', '0', '--system', join(folder, 'other'));
    process.env.PATH = path;
    expect(await second.ended).toBe(1);
    expect(second.output().trimEnd().split('\n').at(-1)).toMatch(
      /^Java was not found\. DynamoDB Local needs Java 17 or newer: /,
    );
  });

  it('stops all processes at Ctrl-C', async () => {
    const before = running.output().length;
    running.child.kill('SIGINT');
    running.child.kill('SIGINT');
    expect(await running.ended).toBe(0);
    expect(running.output().slice(before)).not.toContain(' failed: ');
    const { graphql, dynamodb, kinesis, cognito } = endpoints;
    expect(await Promise.all([graphql, dynamodb, kinesis, cognito].map(answers))).toEqual([
      false,
      false,
      false,
      false,
    ]);
    expect(
      ['endpoints.json', 'amplify_outputs.json', 'lock'].map(file => existsSync(join(system, file))),
    ).toEqual([false, false, false]);
  });

  it("finds its data again, and the demo's edges count", async () => {
    running = start('--port', '0', '--data', data, '--system', system);
    await untilReady(running);
    endpoints = await readOutput<Endpoints>('endpoints.json');
    expect(await (await policies()).names()).toEqual(['Kept', 'Default']);
    await expect
      .poll(running.output, { timeout: 20_000 })
      .toMatch(/\n\d+ edges have counted [\d,]+ packets, .*the API shows/);
    const call = await signedIn();
    // One path degrades after two minutes; all others stay the same.
    const usual = async () => {
      const statuses = Object.entries(await pathStatuses(call));
      return statuses.filter(([, all]) => all.filter(status => status === 'OPTIMAL').length >= 3).length;
    };
    await expect.poll(usual, { timeout: 120_000, interval: 1000 }).toBe(DEMO_SITES.length);
  }, 200_000);

  it('answers the queries of the README as they are pasted', async () => {
    const blocks = [...readFileSync(projectFile('README.md'), 'utf8').matchAll(/```sh\n(.*?)```/gs)]
      .map(([, block]) => block!)
      .filter(block => block.includes('npm run -s ask'));
    expect(blocks).toHaveLength(3);
    const said = await shell(
      ['set -eu', ...blocks].join('\n').replaceAll('run -s ask --', `run -s ask -- --system ${system}`),
    );
    expect(said).toMatch(/"resolution": "[A-Z_]+"/);
    expect(said).toContain('"selected_path_id"');
    expect(said).toMatch(/"undo": \{\s+"message": "Path \S+ is in use again\."/);
  }, 120_000);

  it.skipIf(!existsSync('/proc'))('ends when an engine ends unexpectedly, and names it', async () => {
    process.kill(childOf(running.child.pid!, 'java'), 'SIGKILL');
    expect(await running.ended).toBe(1);
    expect(running.output()).toMatch(
      /DynamoDB Local ended \(SIGKILL\)\.(.|\n)*The system has stopped; start it again with npm start\.\n/,
    );
    expect(await Promise.all([endpoints.kinesis, endpoints.cognito].map(answers))).toEqual([false, false]);
  });
});

/**
 * The output of a line in a shell in the project's folder.
 * @throws Error with its output when it fails
 */
function shell(line: string): Promise<string> {
  const path = `${join(PROJECT, 'node_modules/.bin')}${delimiter}${process.env.PATH}`;
  return new Promise((resolve, reject) =>
    execFile(
      'bash',
      ['-c', line],
      { cwd: PROJECT, env: { ...process.env, PATH: path } },
      (error, stdout, stderr) => (error ? reject(new Error(`${stdout}${stderr}`)) : resolve(stdout)),
    ),
  );
}

function childOf(parent: number, name: string): number {
  const found = readdirSync('/proc').find(pid => {
    if (!/^\d+$/.test(pid) || !existsSync(`/proc/${pid}/stat`)) return false;
    const [, command, ppid] = /\((.+)\) \S (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? [];
    return command === name && Number(ppid) === parent;
  });
  return Number(found);
}
