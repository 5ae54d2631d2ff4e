import { parseSync } from '@swc/core';
import { GatewayConfigurationError } from '../gateway-error.ts';

interface SyntaxNode {
  type: string;
  [key: string]: unknown;
}

/**
 * Features of JavaScript that APPSYNC_JS lacks, by node of the syntax tree
 * (https://docs.aws.amazon.com/appsync/latest/devguide/supported-features.html).
 */
const LEFT_OUT: Record<string, string> = {
  ThrowStatement: 'throw: use util.error',
  TryStatement: 'try',
  WhileStatement: 'while',
  DoWhileStatement: 'do while',
  ForStatement: 'for (;;): use for of',
  ClassDeclaration: 'class',
  ClassExpression: 'class',
  NewExpression: 'new',
  ThisExpression: 'this',
  AwaitExpression: 'await',
  YieldExpression: 'generators',
  UpdateExpression: '++ and --',
  RegExpLiteral: 'regular expressions: use util.matches',
  LabeledStatement: 'labels',
  WithStatement: 'with',
};

const ALLOWED_IMPORT = '@aws-appsync/utils';

/** @throws GatewayConfigurationError that names the problem, if AppSync would refuse this code */
export function checkResolverCode(code: string, name: string): void {
  walk(parse(code, name), node => {
    const why = LEFT_OUT[node.type] ?? specialCase(node);
    if (why !== undefined)
      throw new GatewayConfigurationError(`The code of ${name} uses a feature that APPSYNC_JS lacks: ${why}`);
  });
}

function parse(code: string, name: string): SyntaxNode {
  try {
    return parseSync(code, { syntax: 'ecmascript', target: 'es2022' }) as unknown as SyntaxNode;
  } catch (error) {
    throw new GatewayConfigurationError(
      `The code of ${name} can't be read: ${(error as Error).message.split('\n', 1)[0]}`,
    );
  }
}

function specialCase(node: SyntaxNode): string | undefined {
  if (node.async === true) return 'async';
  if (node.generator === true) return 'generators';
  if (node.type === 'ImportDeclaration') {
    const source = (node.source as { value: string }).value;
    return source === ALLOWED_IMPORT ? undefined : `import of ${source}`;
  }
  if (node.type === 'UnaryExpression' && node.operator === '~') return '~';
  return undefined;
}

function walk(value: unknown, visit: (node: SyntaxNode) => void): void {
  if (Array.isArray(value)) {
    for (const each of value) walk(each, visit);
  } else if (typeof value === 'object' && value !== null) {
    if (typeof (value as SyntaxNode).type === 'string') visit(value as SyntaxNode);
    for (const each of Object.values(value)) walk(each, visit);
  }
}
