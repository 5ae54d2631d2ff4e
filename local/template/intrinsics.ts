import { TemplateError } from './template-error.ts';

/** The context for intrinsic functions. Each look-up throws if the name does not exist. */
export interface Scope {
  ref(name: string): unknown;
  attribute(logicalId: string, attribute: string): unknown;
  importValue(name: string): unknown;
  condition(name: string): boolean;
  mapping(map: string, key: string, attribute: string): unknown;
}

type Intrinsic = (argument: unknown, scope: Scope, place: string) => unknown;

const INTRINSICS: Record<string, Intrinsic> = {
  Ref: (name, scope) => scope.ref(name as string),
  'Fn::GetAtt': (argument, scope) => {
    const [logicalId, ...rest] = Array.isArray(argument) ? argument : String(argument).split('.');
    return scope.attribute(logicalId, rest.join('.'));
  },
  'Fn::Join': (argument, scope, place) => {
    const [separator, parts] = argument as [string, unknown];
    return list(resolveValue(parts, scope, place), place).join(separator);
  },
  'Fn::Sub': (argument, scope, place) => {
    const [text, names] = Array.isArray(argument) ? argument : [argument, {}];
    const values = resolveValue(names, scope, place) as Record<string, unknown>;
    return (text as string).replaceAll(/\$\{([^}]+)\}/g, (_, name: string) => {
      if (name.startsWith('!')) return `\${${name.slice(1)}}`;
      if (Object.hasOwn(values, name)) return String(values[name]);
      const [logicalId, ...rest] = name.split('.');
      return String(rest.length > 0 ? scope.attribute(logicalId!, rest.join('.')) : scope.ref(name));
    });
  },
  'Fn::ImportValue': (name, scope, place) => scope.importValue(resolveValue(name, scope, place) as string),
  'Fn::Select': (argument, scope, place) => {
    const [index, values] = resolveValue(argument, scope, place) as [unknown, unknown];
    return list(values, place)[Number(index)];
  },
  'Fn::Split': (argument, scope, place) => {
    const [separator, text] = resolveValue(argument, scope, place) as [string, string];
    return text.split(separator);
  },
  'Fn::FindInMap': (argument, scope, place) => {
    const [map, key, attribute] = resolveValue(argument, scope, place) as [string, string, string];
    return scope.mapping(map, key, attribute);
  },
  'Fn::Base64': (text, scope, place) =>
    Buffer.from(resolveValue(text, scope, place) as string).toString('base64'),
  'Fn::If': (argument, scope, place) => {
    const [condition, then, otherwise] = argument as [string, unknown, unknown];
    return resolveValue(scope.condition(condition) ? then : otherwise, scope, place);
  },
  'Fn::Equals': (argument, scope, place) => {
    const [left, right] = resolveValue(argument, scope, place) as [unknown, unknown];
    return String(left) === String(right);
  },
  'Fn::Not': (argument, scope, place) => !list(resolveValue(argument, scope, place), place)[0],
  'Fn::And': (argument, scope, place) => list(resolveValue(argument, scope, place), place).every(Boolean),
  'Fn::Or': (argument, scope, place) => list(resolveValue(argument, scope, place), place).some(Boolean),
  Condition: (name, scope) => scope.condition(name as string),
};

/** Represents a property that `AWS::NoValue` removes. */
export const NO_VALUE = Symbol('AWS::NoValue');

/**
 * A value of a template with its intrinsic functions resolved.
 * @throws TemplateError for a function that isn't known here; `place` names the spot.
 */
export function resolveValue(value: unknown, scope: Scope, place: string): unknown {
  if (Array.isArray(value)) {
    return value
      .map((item, index) => resolveValue(item, scope, `${place}[${index}]`))
      .filter(item => item !== NO_VALUE);
  }
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  const [first] = entries;
  if (entries.length === 1 && first !== undefined) {
    const [name, argument] = first;
    const intrinsic = INTRINSICS[name];
    if (intrinsic) return intrinsic(argument, scope, place);
    if (name.startsWith('Fn::')) throw new TemplateError(place, `function ${name} isn't known here`);
  }
  const resolved = entries
    .map(([name, item]) => [name, resolveValue(item, scope, `${place}.${name}`)] as const)
    .filter(([, item]) => item !== NO_VALUE);
  return Object.fromEntries(resolved);
}

function list(value: unknown, place: string): unknown[] {
  if (Array.isArray(value)) return value;
  throw new TemplateError(place, `a list was expected, but it is ${JSON.stringify(value)}`);
}
