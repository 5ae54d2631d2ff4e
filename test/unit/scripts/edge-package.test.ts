import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildEdge, MAX_BYTES } from '../../../scripts/edge-package/build-edge.ts';
import { projectFile, projectText } from '../../support/project-files.ts';

let folder: string;
let built: Awaited<ReturnType<typeof buildEdge>>;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'patronus-package-'));
  built = await buildEdge(projectFile(''));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the packaged edge program', () => {
  it('is under 5 MB', () => {
    expect(MAX_BYTES).toBe(5_000_000);
    expect(built.file.length).toBeLessThan(MAX_BYTES);
    expect(built.file.length).toBeGreaterThan(500_000);
  });

  it('is the same, byte for byte, if it is built in another folder', async () => {
    for (const name of ['edge', 'core', 'package.json', 'tsconfig.json', 'tsconfig.base.json']) {
      cpSync(projectFile(name), join(folder, name), { recursive: true });
    }
    symlinkSync(projectFile('node_modules'), join(folder, 'node_modules'));
    const other = await buildEdge(folder);
    expect(other.sha256).toBe(built.sha256);
    expect(other.file.equals(built.file)).toBe(true);
  });

  it('contains no path of the machine that built it', () => {
    const text = built.file.toString('utf8');
    for (const path of [projectFile(''), folder, 'file://']) expect(text).not.toContain(path);
  });

  it('lists its packages with version and licence', () => {
    const { version } = JSON.parse(projectText('node_modules/commander/package.json'));
    const lines = built.file.toString('utf8').split('\n');
    const list = lines.slice(lines.indexOf('// Holds these packages, each under its own licence:') + 1, -1);
    expect(list).toContain(`// commander ${version} (MIT)`);
    expect(list.filter(line => !/^\/\/ \S+ \d+\.\d+\.\d+\S* \([\w.-]+\)$/.test(line))).toEqual([]);
    expect(list.length).toBeGreaterThan(10);
  });
});

describe('the systemd unit', () => {
  const unit = projectText('edge/service/patronus-edge.service');
  const settings = projectText('edge/service/patronus-edge.env');

  it.runIf(spawnSync('systemd-analyze', ['--version']).status === 0)('is valid for systemd', () => {
    const { status, stdout, stderr } = spawnSync(
      'systemd-analyze',
      ['verify', projectFile('edge/service/patronus-edge.service')],
      { encoding: 'utf8' },
    );
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' });
  });

  it('uses only settings of its environment file', () => {
    const used = [...unit.matchAll(/\$\$(\w+)/g)].map(([, name]) => name!);
    const known = [...settings.matchAll(/^(\w+)=/gm)].map(([, name]) => name!);
    expect(used.filter(name => ![...known, 'STATE_DIRECTORY'].includes(name))).toEqual([]);
    expect(used.length).toBeGreaterThan(5);
  });
});
