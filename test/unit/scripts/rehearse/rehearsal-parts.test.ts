import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { isNewEnough } from '../../../../scripts/python/python-tool.ts';
import { deployedStacks } from '../../../../scripts/rehearse/cdk.ts';
import { sum } from '../../../../scripts/rehearse/office-edge.ts';
import { spoilAssembly } from '../../../../scripts/rehearse/spoil-assembly.ts';

const folder = mkdtempSync(join(tmpdir(), 'patronus-assembly-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('what the CDK says of a deployment', () => {
  it('names each stack, and whether it changed', () => {
    const said = ' ✅  PatronusData (no changes)\n✨  Deployment time: 1s\n\n ✅  Patronus-prod-Api\n';
    expect(deployedStacks(said)).toEqual([
      { name: 'PatronusData', changed: false },
      { name: 'Patronus-prod-Api', changed: true },
    ]);
  });
});

describe('a spoilt assembly', () => {
  it('changes the functions, then waits in vain, and is uploaded under a hash of its own', async () => {
    const write = (name: string, value: unknown) => writeFileSync(join(folder, name), JSON.stringify(value));
    const read = (name: string) => JSON.parse(readFileSync(join(folder, name), 'utf8'));
    write('S.template.json', {
      Resources: {
        Fn: { Type: 'AWS::Lambda::Function', Properties: { Timeout: 60 } },
        Queue: { Type: 'AWS::SQS::Queue' },
      },
    });
    write('S.assets.json', {
      files: {
        c0de: { source: { path: 'asset.c0de' }, destinations: {} },
        abc123: { source: { path: 'S.template.json' }, destinations: { here: { objectKey: 'abc123.json' } } },
      },
    });
    write('manifest.json', { artifacts: { S: { properties: { url: 's3://assets/abc123.json' } } } });
    await spoilAssembly(folder, 'S');
    expect(read('S.template.json').Resources).toEqual({
      Fn: { Type: 'AWS::Lambda::Function', Properties: { Timeout: 120 } },
      Queue: { Type: 'AWS::SQS::Queue' },
      Signal: { Type: 'AWS::CloudFormation::WaitConditionHandle' },
      NeverSignalled: {
        Type: 'AWS::CloudFormation::WaitCondition',
        Properties: { Handle: { Ref: 'Signal' }, Timeout: '1' },
        DependsOn: ['Fn'],
      },
    });
    const [, hash] = Object.keys(read('S.assets.json').files);
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
    expect(read('S.assets.json').files[hash!].destinations).toEqual({ here: { objectKey: `${hash}.json` } });
    expect(read('manifest.json').artifacts.S.properties).toEqual({ url: `s3://assets/${hash}.json` });
  });
});

describe('counts', () => {
  it('are added whatever their size', () => {
    const large = { packets: '1', bytes: '9007199254740993' };
    expect(sum(large, large)).toEqual({ packets: '2', bytes: '18014398509481986' });
    expect(sum()).toEqual({ packets: '0', bytes: '0' });
  });
});

describe('Python', () => {
  it.each([
    ['Python 3.11.0', true],
    ['Python 3.14.1\n', true],
    ['Python 4.0.0', true],
    ['Python 3.10.12', false],
    ['Python 2.7.18', false],
    ['pyenv: python3: command not found', false],
  ])('%s is new enough for the tools: %s', (version, enough) => {
    expect(isNewEnough(version)).toBe(enough);
  });
});
