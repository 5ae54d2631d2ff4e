import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { BROWSER, circleIn, MAY_IMPORT, PURE, ROOMS } from '../../../scripts/rooms.ts';
import { projectFile } from '../../support/project-files.ts';

const tables = Object.entries(ROOMS);

describe('the tables of rooms', () => {
  it.each(tables)('%s has a row for each of its folders and files, and no other row', (top, rooms) => {
    const found = readdirSync(projectFile(top), { withFileTypes: true })
      .filter(entry => entry.isDirectory() || /\.[jt]sx?$/.test(entry.name))
      .map(entry => entry.name.replace(/\.[jt]sx?$/, ''));
    expect(Object.keys(rooms).sort()).toEqual([...new Set(found)].sort());
  });

  it.each(tables)('%s names only existing rooms', (_top, rooms) => {
    const unknown = Object.values(rooms)
      .flat()
      .filter(room => !Object.hasOwn(rooms, room));
    expect(unknown).toEqual([]);
  });

  it.each(tables)('%s has no import cycle', (_top, rooms) => {
    expect(circleIn(rooms)).toBeUndefined();
  });

  it('an import cycle is found and named', () => {
    expect(circleIn({ a: ['b'], b: ['c', 'd'], c: [], d: ['b'] })).toEqual(['b', 'd', 'b']);
    expect(circleIn({ a: ['a'] })).toEqual(['a', 'a']);
  });

  it('the rooms of the browser are pure', () => {
    expect(BROWSER.filter(room => !PURE.includes(room))).toEqual([]);
  });
});

describe('the folders of tests', () => {
  /** Not rooms: tests of the whole system, of the documentation, and of the benchmarks. */
  const others = ['system', 'docs', 'bench'];

  it.each(['unit', 'integration', 'faults', 'end-to-end'])(
    '%s have the names of rooms of core/ or of top folders',
    kind => {
      const known = [...Object.keys(ROOMS.core!), ...Object.keys(MAY_IMPORT), ...others];
      const found = readdirSync(projectFile(`test/${kind}`));
      expect(found.filter(name => !known.includes(name))).toEqual([]);
    },
  );
});

describe('the import check', () => {
  const folder = mkdtempSync(join(tmpdir(), 'patronus-rooms-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('rejects a reverse import, also between sub-folders, and imports that a pure room may not have', () => {
    const files = {
      'core/errors.ts': 'export const a = 1;',
      'core/storage/item.ts': "import '../inventory/removal/deep.ts'; import '../errors.ts';",
      'core/inventory/removal/deep.ts': "import '../../storage/tables.ts';",
      'core/storage/tables.ts': 'export const b = 1;',
      'core/ledger/lane/lane.ts': "import '../packing/packed.ts';",
      'core/ledger/packing/packed.ts': 'export const c = 1;',
      'core/policy/policy.ts': "import 'node:fs';",
      'core/report/report.ts': "import 'node:fs';",
      'core/unheard/of.ts': "import '../errors.ts';",
      'edge/probe/probe.ts': "import '../cli/cli.ts';",
      'edge/cli/cli.ts': 'export const d = 1;',
      'web/main.ts': "import '../core/storage/tables.ts'; import '../core/policy/policy.ts';",
    };
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(join(folder, dirname(name)), { recursive: true });
      writeFileSync(join(folder, name), text);
    }
    const args = [
      '--config',
      projectFile('.dependency-cruiser.js'),
      '--output-type',
      'json',
      'core',
      'edge',
      'web',
    ];
    const run = spawnSync(projectFile('node_modules/.bin/depcruise'), args, {
      cwd: folder,
      encoding: 'utf8',
    });
    const { summary } = JSON.parse(run.stdout) as {
      summary: { violations: { from: string; to: string; rule: { name: string } }[] };
    };
    const broken = summary.violations.map(({ from, to, rule }) => `${from} → ${to}: ${rule.name}`).sort();
    expect(broken).toEqual([
      'core/ledger/lane/lane.ts → core/ledger/packing/packed.ts: pure-rooms-import-only-pure-rooms',
      'core/policy/policy.ts → fs: browser-rooms-without-node',
      'core/storage/item.ts → core/inventory/removal/deep.ts: core-storage-imports-only-itself-digest-errors-time',
      'core/unheard/of.ts → core/errors.ts: core-has-a-row-for-every-room',
      'edge/probe/probe.ts → edge/cli/cli.ts: edge-probe-imports-only-itself',
      'web/main.ts → core/storage/tables.ts: web-imports-only-browser-rooms-of-core',
    ]);
  });
});
