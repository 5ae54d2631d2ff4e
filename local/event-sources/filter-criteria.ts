type Filter = (event: Record<string, unknown>) => boolean;

/**
 * A filter of Lambda event sources (EventBridge patterns): a record passes if any pattern matches;
 * without patterns, all pass. Supported are literals, `exists`, `prefix`, `suffix`, `anything-but`,
 * `equals-ignore-case` and `numeric`.
 * @throws Error for any other pattern
 */
export function makeFilter(filters: readonly { Pattern: string }[]): Filter {
  const patterns = filters.map(({ Pattern }) => objectMatcher(JSON.parse(Pattern)));
  return event => patterns.length === 0 || patterns.some(fits => fits(event));
}

type Matcher = (value: unknown) => boolean;

function objectMatcher(pattern: unknown): Matcher {
  if (typeof pattern !== 'object' || pattern === null) throw unknownPattern(pattern);
  const parts = Object.entries(pattern).map(([name, rule]): Matcher => {
    if (name === '$or') {
      const choices = (rule as unknown[]).map(objectMatcher);
      return value => choices.some(fits => fits(value));
    }
    const fits = Array.isArray(rule) ? anyMatcher(rule) : objectMatcher(rule);
    return value => fits((value as Record<string, unknown> | undefined)?.[name]);
  });
  return value => parts.every(fits => fits(value));
}

function anyMatcher(rules: unknown[]): Matcher {
  const matchers = rules.map(ruleMatcher);
  // A list matches if one of its values matches.
  return value =>
    Array.isArray(value)
      ? value.some(item => matchers.some(fits => fits(item)))
      : matchers.some(fits => fits(value));
}

function ruleMatcher(rule: unknown): Matcher {
  if (typeof rule !== 'object' || rule === null) return value => value === rule;
  const [[name, operand] = ['', undefined]] = Object.entries(rule);
  const make = OPERATORS[name];
  if (!make) throw unknownPattern(rule);
  return make(operand);
}

const OPERATORS: Record<string, (operand: unknown) => Matcher> = {
  exists: wanted => value => (value !== undefined) === wanted,
  prefix: start => value => typeof value === 'string' && value.startsWith(start as string),
  suffix: end => value => typeof value === 'string' && value.endsWith(end as string),
  'equals-ignore-case': text => value =>
    typeof value === 'string' && value.toLowerCase() === (text as string).toLowerCase(),
  'anything-but': operand => {
    const refused = anyMatcher(Array.isArray(operand) ? operand : [operand]);
    return value => value !== undefined && !refused(value);
  },
  numeric: operand => {
    const tests = pairs(operand as unknown[]).map(([sign, limit]) =>
      comparison(sign as string, Number(limit)),
    );
    return value => typeof value === 'number' && tests.every(fits => fits(value));
  },
};

function comparison(sign: string, limit: number): (value: number) => boolean {
  const comparisons: Record<string, (value: number) => boolean> = {
    '=': value => value === limit,
    '<': value => value < limit,
    '<=': value => value <= limit,
    '>': value => value > limit,
    '>=': value => value >= limit,
  };
  const found = comparisons[sign];
  if (!found) throw unknownPattern({ numeric: [sign, limit] });
  return found;
}

function pairs(list: unknown[]): [unknown, unknown][] {
  return Array.from({ length: list.length / 2 }, (_, index) => [list[index * 2], list[index * 2 + 1]]);
}

function unknownPattern(pattern: unknown): Error {
  return new Error(
    `The one-machine runtime does not support this part of a filter pattern: ${JSON.stringify(pattern)}`,
  );
}
