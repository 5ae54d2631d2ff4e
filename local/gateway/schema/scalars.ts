import { isIP } from 'node:net';
import { GraphQLError, type GraphQLScalarType, type ValueNode, valueFromASTUntyped } from 'graphql';
import { shortQuote } from '../errors/short-text.ts';
import type { APPSYNC_SCALARS } from './appsync-definitions.ts';

type ScalarName = (typeof APPSYNC_SCALARS)[number];

interface ScalarRule {
  /** The name of such a value in AppSync's messages. */
  called: string;
  accepts(value: unknown): boolean;
}

const OFFSET = String.raw`(?:Z|[+-]\d{2}:\d{2}(?::\d{2})?)`;
const CLOCK_TIME = String.raw`([01]\d|2[0-3]):[0-5]\d`;
const DATE = new RegExp(`^(\\d{4})-(\\d{2})-(\\d{2})${OFFSET}?$`);
const TIME = new RegExp(`^${CLOCK_TIME}(?::[0-5]\\d(?:\\.\\d{1,9})?)?${OFFSET}?$`);
const DATE_TIME = new RegExp(
  `^(\\d{4})-(\\d{2})-(\\d{2})T${CLOCK_TIME}(?::[0-5]\\d(?:\\.\\d{1,9})?)?${OFFSET}$`,
);
// The last label contains no dot, so that the pattern tries each position once.
const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@.]+$/;
const MAX_EMAIL = 320;
const PHONE = /^\+?\d[\d\s-]{2,20}$/;

const RULES: Record<ScalarName, ScalarRule> = {
  AWSDate: { called: 'date', accepts: value => matchesDate(DATE, value) },
  AWSTime: { called: 'time', accepts: value => typeof value === 'string' && TIME.test(value) },
  AWSDateTime: { called: 'DateTime Object', accepts: value => matchesDate(DATE_TIME, value) },
  AWSTimestamp: { called: 'timestamp', accepts: value => Number.isSafeInteger(value) },
  AWSEmail: { called: 'email address', accepts: value => isEmail(value) },
  AWSJSON: { called: 'JSON', accepts: isJson },
  AWSURL: { called: 'URL', accepts: value => typeof value === 'string' && URL.canParse(value) },
  AWSPhone: { called: 'phone number', accepts: value => typeof value === 'string' && PHONE.test(value) },
  AWSIPAddress: { called: 'IP address', accepts: isAddress },
};

/** Gives one of AppSync's scalars its behaviour. */
export function implementScalar(scalar: GraphQLScalarType): void {
  const rule = RULES[scalar.name as ScalarName];
  const json = scalar.name === 'AWSJSON';
  const parse = (value: unknown, node?: ValueNode) => {
    if (!rule.accepts(value)) {
      throw new GraphQLError(`Unable to parse \`${shown(value)}\` as a valid ${rule.called}.`, {
        nodes: node ?? null,
      });
    }
    return json ? JSON.parse(value as string) : value;
  };
  scalar.parseValue = value => parse(value);
  scalar.parseLiteral = (node, variables) => parse(valueFromASTUntyped(node, variables), node);
  scalar.serialize = value => {
    const text = json && typeof value !== 'string' ? JSON.stringify(value) : value;
    if (!rule.accepts(text))
      throw new GraphQLError(`Unable to serialize \`${shown(value)}\` as a valid ${rule.called}.`);
    return text;
  };
}

function matchesDate(pattern: RegExp, value: unknown): boolean {
  const match = typeof value === 'string' ? pattern.exec(value) : null;
  if (match === null) return false;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}

function isEmail(value: unknown): boolean {
  return typeof value === 'string' && value.length <= MAX_EMAIL && EMAIL.test(value);
}

function isJson(value: unknown): boolean {
  if (typeof value !== 'string') return false;
  try {
    JSON.parse(value);
    return true;
  } catch {
    return false;
  }
}

function isAddress(value: unknown): boolean {
  if (typeof value !== 'string') return false;
  const [address = '', prefix, ...rest] = value.split('/');
  const family = isIP(address);
  if (family === 0 || rest.length > 0) return false;
  return prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= (family === 4 ? 32 : 128));
}

function shown(value: unknown): string {
  return shortQuote(typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value)));
}
