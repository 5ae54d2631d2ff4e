import fc from 'fast-check';
import { parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { measureDocument, workProblem } from '../../../../local/gateway/execution/document-work.ts';
import { makePacer } from '../../../../local/gateway/execution/pacer.ts';

/**
 * A selection: a field with what it selects, an inline fragment, or the spread of a fragment that
 * is further on.
 */
type Selection =
  | { kind: 'field'; name: string; alias: boolean; inner: Selection[] }
  | { kind: 'inline'; inner: Selection[] }
  | { kind: 'spread'; ahead: number };

const { selections } = fc.letrec<{ selections: Selection[]; selection: Selection }>(tie => ({
  selections: fc.array(tie('selection'), { minLength: 1, maxLength: 3, depthIdentifier: 'selection' }),
  selection: fc.oneof(
    { depthIdentifier: 'selection', maxDepth: 3 },
    fc.record({
      kind: fc.constant('field' as const),
      name: fc.constantFrom('a', 'b', 'c'),
      alias: fc.boolean(),
      inner: fc.constant<Selection[]>([]),
    }),
    fc.record({ kind: fc.constant('spread' as const), ahead: fc.integer({ min: 1, max: 3 }) }),
    fc.record({
      kind: fc.constant('field' as const),
      name: fc.constantFrom('a', 'b', 'c'),
      alias: fc.boolean(),
      inner: tie('selections'),
    }),
    fc.record({ kind: fc.constant('inline' as const), inner: tie('selections') }),
  ),
}));

const FRAGMENTS = 6;

const documents = fc.record({
  operation: selections,
  fragments: fc.array(selections, { minLength: FRAGMENTS, maxLength: FRAGMENTS }),
});
type Document = { operation: Selection[]; fragments: Selection[][] };

/** The fragment that a spread names; spreads only go forward, so that there is no cycle. */
const target = (from: number, ahead: number) => from + ahead;

function print(selections: Selection[], from: number): string {
  const parts = selections.map(each => {
    if (each.kind === 'spread') {
      const to = target(from, each.ahead);
      return to < FRAGMENTS ? `...f${to}` : '__typename';
    }
    if (each.kind === 'inline') return `... { ${print(each.inner, from)} }`;
    const below = each.inner.length === 0 ? '' : ` { ${print(each.inner, from)} }`;
    return `${each.alias ? 'x: ' : ''}${each.name}${below}`;
  });
  return parts.join(' ');
}

/** The work of the document when every spread is written out. */
function writtenOut(selections: Selection[], from: number, document: Document) {
  const sum = { selections: 0, aliases: 0, depth: 0 };
  for (const each of selections) {
    let inner = { selections: 0, aliases: 0, depth: 0 };
    let isField = each.kind === 'field';
    if (each.kind !== 'spread') inner = writtenOut(each.inner, from, document);
    else {
      const to = target(from, each.ahead);
      if (to < FRAGMENTS) inner = writtenOut(document.fragments[to]!, to, document);
      else isField = true;
    }
    sum.selections += 1 + inner.selections;
    sum.aliases += inner.aliases + (each.kind === 'field' && each.alias ? 1 : 0);
    sum.depth = Math.max(sum.depth, inner.depth + (isField ? 1 : 0));
  }
  return sum;
}

describe('the work of a document', () => {
  it('is that of the same document with every spread written out', () => {
    fc.assert(
      fc.property(documents, document => {
        const text = [
          `{ ${print(document.operation, -1)} }`,
          ...document.fragments.map((each, index) => `fragment f${index} on T { ${print(each, index)} }`),
        ].join('\n');
        const parts = [
          writtenOut(document.operation, -1, document),
          ...document.fragments.map((each, index) => writtenOut(each, index, document)),
        ];
        expect(measureDocument(parse(text))).toEqual({
          selections: parts.reduce((sum, part) => sum + part.selections, 0),
          aliases: parts.reduce((sum, part) => sum + part.aliases, 0),
          depth: Math.max(...parts.map(part => part.depth)),
          cyclic: false,
        });
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    ['at once', '{ ...a } fragment a on T { ...a }', true],
    ['through others', '{ x } fragment a on T { b { ...b } } fragment b on T { ... { ...a } }', true],
    ['not at all, though twice', '{ ...a ...a b { ...a } } fragment a on T { c }', false],
    ['not at all, being unknown', '{ ...a }', false],
  ])('detects a fragment that spreads itself: %s', (_, text, cyclic) => {
    const document = parse(text);
    expect(measureDocument(document).cyclic).toBe(cyclic);
    expect(workProblem(document, measureDocument(document))).toBeUndefined();
  });
});

describe('turns', () => {
  it('run in order, with a bounded number of fields in each', async () => {
    const rounds: (() => void)[] = [];
    const pacer = makePacer(run => rounds.push(run));
    const done: number[] = [];
    for (let piece = 0; piece < 5; piece++) void pacer.turn(400).then(() => done.push(piece));
    const seen: number[][] = [];
    while (rounds.length > 0) {
      rounds.shift()!();
      await Promise.resolve();
      await Promise.resolve();
      seen.push([...done]);
    }
    expect(seen).toEqual([
      [0, 1, 2],
      [0, 1, 2, 3, 4],
    ]);
  });

  it('run small pieces at once until a turn is full', () => {
    const rounds: (() => void)[] = [];
    const pacer = makePacer(run => rounds.push(run));
    expect([pacer.mayRun(600), pacer.mayRun(600), pacer.mayRun(400), pacer.mayRun(1)]).toEqual([
      true,
      false,
      true,
      false,
    ]);
    expect(rounds).toHaveLength(1);
    rounds[0]!();
    expect(pacer.mayRun(1)).toBe(true);
  });

  it('end when they are stopped', async () => {
    const rounds: (() => void)[] = [];
    const pacer = makePacer(run => rounds.push(run));
    let came = 0;
    void pacer.turn(1).then(() => came++);
    pacer.stop();
    rounds[0]!();
    void pacer.turn(1).then(() => came++);
    await Promise.resolve();
    expect([came, rounds.length, pacer.mayRun(1)]).toEqual([0, 1, false]);
  });
});
