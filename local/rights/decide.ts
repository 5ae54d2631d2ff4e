import type { Need } from './need.ts';
import type { Statement } from './statement.ts';

/**
 * The parts of an Allow that a call used: an action, a resource, and the matching patterns of keys.
 */
export interface Grant {
  action: string;
  resource: string;
  /** Left out if the grant has no condition. */
  keys?: string[];
}

export type Decision = { allowed: true; grants: Grant[] } | { allowed: false; denied: boolean };

/**
 * Decides like IAM whether the policies of a role allow what a call needs: an applicable Deny
 * refuses, and without an applicable Allow nothing is allowed.
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
 * All operators must hold. For a request without keys, ForAllValues holds and ForAnyValue does not.
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

/** `*` matches any characters, `?` one character. Actions are compared case-insensitively. */
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
