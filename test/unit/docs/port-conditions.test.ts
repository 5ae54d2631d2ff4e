import { expect, it } from 'vitest';
import { PORT_PROTOCOLS } from '../../../core/policy/policy-conditions.ts';
import { projectText } from '../../support/project-files.ts';

const NAMES: Record<(typeof PORT_PROTOCOLS)[number], string> = {
  6: 'TCP',
  17: 'UDP',
  33: 'DCCP',
  132: 'SCTP',
  136: 'UDP-Lite',
};

/** The sentence about conditions on ports, its line ends as blanks. */
const sentenceIn = (file: string): string =>
  /Conditions on ports[^.]*?hold only for[^.]*\./.exec(projectText(file).replace(/\s+/g, ' '))?.[0] ?? '';

it.each(['README.md', 'docs/api.md', 'docs/operations.md'])(
  '%s names exactly the protocols whose ports conditions can match',
  file => {
    const named = sentenceIn(file).match(/\b[A-Z]{3,}(?:-Lite)?\b/g) ?? [];
    expect(named.toSorted()).toEqual(PORT_PROTOCOLS.map(protocol => NAMES[protocol]).toSorted());
  },
);
