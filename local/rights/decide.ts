import type { Need } from './need.ts';
import type { Statement } from './statement.ts';

/**
 * What of an Allow a call made use of: one of its actions, one of its resources, and the patterns
 * of keys that were met.
 */
export interface Grant {
  action: string;
  resource: string;
  /** Left out where the grant has no condition. */
  keys?: string[];
}

export type Decision = { allowed: true; grants: Grant[] } | { allowed: false; denied: boolean };

/**
 * Whether the policies of a role allow what a call needs, as IAM decides: one Deny that applies
 * refuses, and without an Allow that applies nothing is allowed.
 */
export function decide(statements: readonly Statement[], need: Need): Decision {
  const applying = statements.filter(statement => applies(statement, need));
  if (applying.some(({ effect }) => effect === 'Deny')) return { allowed: false, denied: true };
  if (applying.length === 0) return { allowed: false, denied: false };
  return { allowed: true, grants: applying.map(statement => grantOf(statement, need)) };
}

function applies({ actions, resources, condition }: Statement, { action, resource, keys }: Need): boolean {
  return (
    actions.some(pattern => matches(pattern, action, { ignoreCase: true })) &&
    resources.some(pattern => matches(pattern, resource)) &&
    conditionHolds(condition, keys ?? [])
  );
}

/**
 * All operators must hold. A request without keys has them all (ForAllValues) and none of them
 * (ForAnyValue).
 */
function conditionHolds(condition: Statement['condition'], keys: readonly string[]): boolean {
  const { Null: absent, 'ForAllValues:StringLike': all, 'ForAnyValue:StringLike': any } = condition;
  const like = (patterns: readonly string[]) => (key: string) =>
    patterns.some(pattern => matches(pattern, key));
  return (
    (absent === undefined || (keys.length === 0) === (absent === 'true')) &&
    (all === undefined || keys.every(like(all))) &&
    (any === undefined || keys.some(like(any)))
  );
}

function grantOf({ actions, resources, condition }: Statement, need: Need): Grant {
  const patterns = condition['ForAllValues:StringLike'] ?? condition['ForAnyValue:StringLike'];
  const own = need.own_keys ?? need.keys ?? [];
  return {
    action: actions.find(pattern => matches(pattern, need.action, { ignoreCase: true }))!,
    resource: resources.find(pattern => matches(pattern, need.resource))!,
    ...(patterns && { keys: patterns.filter(pattern => own.some(key => matches(pattern, key))) }),
  };
}

const expressions = new Map<string, RegExp>();

/** `*` stands for any characters, `?` for one. Actions are compared without regard to case. */
function matches(pattern: string, text: string, { ignoreCase = false } = {}): boolean {
  if (pattern === text) return true;
  const key = `${ignoreCase} ${pattern}`;
  let expression = expressions.get(key);
  if (!expression) {
    const source = pattern
      .replaceAll(/[.+^${}()|[\]\\/-]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.');
    expression = new RegExp(`^${source}$`, ignoreCase ? 'is' : 's');
    expressions.set(key, expression);
  }
  return expression.test(text);
}
