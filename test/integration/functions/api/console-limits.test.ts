import { globSync, readFileSync } from 'node:fs';
import { type FieldNode, Kind, type OperationDefinitionNode, parse } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ApiUnderTest, makeApi } from '../../../support/api.ts';
import { projectFile } from '../../../support/project-files.ts';
import { createTables, type TestTables } from '../../../support/tables.ts';

/** A list that the console requests, with the limit in its text. */
interface AskedList {
  field: string;
  limit: number;
  /** As AppSync names what is selected. */
  selection: string[];
}

/**
 * All of them. TypeScript checks the operations of the console against the schema, which does not
 * limit the length of a list.
 */
const LISTS = globSync('web/**/*.{ts,tsx}', { cwd: projectFile('') }).flatMap(file => {
  const source = readFileSync(projectFile(file), 'utf8');
  const texts = Array.from(source.matchAll(/graphql\(\s*`([^`]+)`/g), ([, text]) => text!);
  return texts.flatMap(text =>
    parse(text)
      .definitions.filter(definition => definition.kind === Kind.OPERATION_DEFINITION)
      .flatMap(listsOf),
  );
});

function listsOf({ operation, selectionSet }: OperationDefinitionNode): AskedList[] {
  if (operation !== 'query') return [];
  return selectionSet.selections
    .filter(node => node.kind === Kind.FIELD)
    .flatMap(node => {
      const limit = node.arguments?.find(({ name }) => name.value === 'limit')?.value;
      if (limit?.kind !== Kind.INT) return [];
      return [{ field: node.name.value, limit: Number(limit.value), selection: pathsOf(node, '') }];
    });
}

function pathsOf({ selectionSet }: FieldNode, before: string): string[] {
  return (selectionSet?.selections ?? []).flatMap(node =>
    node.kind === Kind.FIELD
      ? [`${before}${node.name.value}`, ...pathsOf(node, `${before}${node.name.value}/`)]
      : [],
  );
}

describe('lists of the console', () => {
  let db: TestTables;
  let api: ApiUnderTest;
  beforeAll(async () => {
    db = await createTables();
    api = makeApi(db, { query_budget: { units: 1_000_000 } });
  });
  afterAll(() => db.drop());

  it('are found in the code', () => {
    expect(LISTS.length).toBeGreaterThan(20);
    expect(LISTS.map(({ field }) => field)).toContain('sites');
  });

  it.each(LISTS)(
    '$field with a limit of $limit stays within the limit of the API',
    async ({ field, limit, selection }) => {
      // Other data is missing here, which the answer may also report.
      const answer = await api.call(`Query.${field}`, { limit }, { selection });
      expect(JSON.stringify(answer)).not.toContain('limit m');
    },
  );
});
