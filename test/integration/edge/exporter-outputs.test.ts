import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RecordedOutput } from '../../../scripts/peers/run-peers.ts';
import { countRecords } from '../../support/exported-records.ts';
import { projectFile, projectText, SHARED_INPUTS } from '../../support/project-files.ts';

const { outputs }: { outputs: RecordedOutput[] } = JSON.parse(
  projectText('test/fixtures/exporters/recorded.json'),
);

describe('output of real exporters and collectors has the same counts as tshark', () => {
  it.each(outputs)('$exporter, $collector: $file', ({ file, format, sampled, packets, bytes }) => {
    const text = readFileSync(projectFile(`test/fixtures/exporters/${file}`), 'utf8');
    const counted = countRecords(format, text, { scale_sampled: sampled });
    expect(counted).toMatchObject({ packets, bytes, problems: [], skipped: 0 });
    expect(countRecords(format, text, { scale_sampled: sampled, chunk: 97 })).toMatchObject({
      packets,
      bytes,
    });
  });

  it.each(outputs.filter(({ sampled }) => sampled))(
    '$file is rejected if estimates are not allowed',
    ({ file, format, packets }) => {
      const text = readFileSync(projectFile(`test/fixtures/exporters/${file}`), 'utf8');
      const counted = countRecords(format, text);
      expect(counted.packets).toBe(0);
      expect(counted.problems).toHaveLength(packets);
      expect(new Set(counted.problems.map(({ kind }) => kind))).toEqual(new Set(['sampled record']));
    },
  );
});

interface Expected {
  format?: 'nfdump' | 'goflow2';
  packets: number;
  bytes: number;
}

const inputs = existsSync(SHARED_INPUTS)
  ? readdirSync(SHARED_INPUTS)
      .filter(name => name.endsWith('.expected.json'))
      .map((name): [string, Expected] => [
        name.replace('.expected', ''),
        JSON.parse(readFileSync(join(SHARED_INPUTS, name), 'utf8')),
      ])
      .filter(([, { format }]) => format === 'nfdump' || format === 'goflow2')
  : [];

if (inputs.length === 0) console.warn('Skipped: the inputs of ../shared/data/inputs are not here.');

describe.skipIf(inputs.length === 0)('inputs that were once miscounted', () => {
  it.each(inputs)('%s', (name, { format, packets, bytes }) => {
    const counted = countRecords(format!, readFileSync(join(SHARED_INPUTS, name), 'utf8'));
    expect(counted).toMatchObject({ packets, bytes, problems: [] });
  });
});
