import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { EdgeError } from '../../edge/edge-error.ts';
import { defaultCache, keptBuild } from '../../local/kept-builds/kept-build.ts';

const run = promisify(execFile);

/** Oldest Python that the pinned packages are complete for. */
const MINIMUM: [major: number, minor: number] = [3, 11];

/**
 * A tool is not available on this machine; the message says what is missing. Callers skip their
 * work.
 */
export class ToolMissing extends EdgeError {}

/** Tools of Python that scripts run. None is part of the product. */
export type PythonTool = 'ministack' | 'cfn-lint';

/**
 * The Python of a virtual environment with a tool, in the versions of `<tool>.txt` in this folder,
 * whose hashes pip checks. It is created at the first call and kept under node_modules/.cache.
 *
 * @throws ToolMissing without Python 3.11 or newer, its module venv, or the packages
 */
export async function pythonWith(tool: PythonTool): Promise<string> {
  const version = await pythonVersion();
  const requirements = `scripts/python/${tool}.txt`;
  const folder = await keptBuild({
    cache: defaultCache(`patronus-python/${tool}`),
    sources: [requirements],
    settings: version,
    build: folder => install(folder, requirements),
  });
  return pythonIn(folder);
}

function pythonIn(environment: string): string {
  return process.platform === 'win32'
    ? join(environment, 'Scripts/python.exe')
    : join(environment, 'bin/python');
}

async function pythonVersion(): Promise<string> {
  let version: string;
  try {
    ({ stdout: version } = await run('python3', ['--version']));
  } catch (cause) {
    throw new ToolMissing(`Python is missing: install ${wanted()}.`, { cause });
  }
  if (isNewEnough(version)) return version.trim();
  throw new ToolMissing(`${version.trim()} is too old: install ${wanted()}.`);
}

function wanted(): string {
  return `Python ${MINIMUM.join('.')} or newer`;
}

/** Whether `python3 --version` answers a version that the tools run on. */
export function isNewEnough(version: string): boolean {
  const [, major, minor] = /^Python (\d+)\.(\d+)/.exec(version) ?? [];
  const [wantedMajor, wantedMinor] = MINIMUM;
  return Number(major) > wantedMajor || (Number(major) === wantedMajor && Number(minor) >= wantedMinor);
}

async function install(folder: string, requirements: string): Promise<void> {
  try {
    await run('python3', ['-m', 'venv', folder]);
  } catch (cause) {
    throw new ToolMissing(
      `Python can't make an environment (on Debian: apt-get install python3-venv): ${said(cause)}`,
      { cause },
    );
  }
  try {
    const options = ['--quiet', '--disable-pip-version-check', '--no-deps', '--require-hashes'];
    await run(pythonIn(folder), ['-m', 'pip', 'install', ...options, '-r', requirements]);
  } catch (cause) {
    throw new ToolMissing(`pip can't install ${requirements}: ${said(cause)}`, { cause });
  }
}

/** The last line of a program's output, which contains its error. */
function said(cause: unknown): string {
  const { stderr = '', message } = cause as { stderr?: string; message: string };
  return stderr.trim().split('\n').at(-1) || message;
}
