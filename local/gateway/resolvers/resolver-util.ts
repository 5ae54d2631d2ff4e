import { randomUUID } from 'node:crypto';
import { ulid } from 'ulid';
import type { Clock } from '../../../core/time/clock.ts';
import { FieldError, notAuthorized } from '../errors/field-error.ts';
import type { ResolverContext, SideEffects } from './resolver-context.ts';
import { EarlyReturn, UnsupportedInResolver } from './resolver-signals.ts';

export interface UtilScope {
  context: ResolverContext;
  effects: SideEffects;
  clock: Clock;
}

type ErrorArguments = [message: string, errorType?: string, data?: unknown, errorInfo?: unknown];

/** `util`, `runtime` and `extensions` of `@aws-appsync/utils` for one run of a handler. */
export function makeUtils(scope: UtilScope): Record<'util' | 'runtime' | 'extensions', object> {
  return {
    util: closed('util', makeUtil(scope)),
    runtime: closed('runtime', {
      earlyReturn(value: unknown = null, { skipTo = 'NEXT' }: { skipTo?: 'END' | 'NEXT' } = {}) {
        throw new EarlyReturn(value, skipTo);
      },
    }),
    extensions: closed('extensions', makeExtensions(scope)),
  };
}

function makeUtil({ context, effects, clock }: UtilScope): Record<string, unknown> {
  const { info, identity } = context;
  return {
    error(...args: ErrorArguments) {
      throw toFieldError(args);
    },
    appendError: (...args: ErrorArguments) => effects.appendError(toFieldError(args)),
    unauthorized() {
      throw notAuthorized(info.parentTypeName, info.fieldName);
    },
    autoId: () => randomUUID(),
    autoUlid: () => ulid(clock()),
    base64Encode: (text: string) => Buffer.from(text).toString('base64'),
    base64Decode: (text: string) => Buffer.from(text, 'base64').toString(),
    urlEncode: (text: string) => new URLSearchParams({ text }).toString().slice('text='.length),
    urlDecode: (text: string) => new URLSearchParams(`text=${text}`).get('text'),
    escapeJavaScript: (text: string) => JSON.stringify(text).slice(1, -1),
    matches: (pattern: string, text: string) => new RegExp(pattern).test(text),
    toJson: (value: unknown) => JSON.stringify(value),
    parseJson: (text: string) => JSON.parse(text),
    authType: () => authType(identity),
    time: closed('util.time', makeTime(clock)),
    str: closed('util.str', {
      toUpper: (text: string) => text.toUpperCase(),
      toLower: (text: string) => text.toLowerCase(),
      toReplace: (text: string, part: string, by: string) => text.split(part).join(by),
      normalize: (text: string, form: string) => text.normalize(form.toUpperCase()),
    }),
    math: closed('util.math', {
      roundNum: (value: number) => Math.round(value),
      minVal: (a: number, b: number) => Math.min(a, b),
      maxVal: (a: number, b: number) => Math.max(a, b),
      randomDouble: () => Math.random(),
      randomWithinRange: (from: number, to: number) => Math.floor(from + Math.random() * (to - from)),
    }),
  };
}

function makeTime(clock: Clock): Record<string, unknown> {
  return {
    nowISO8601: () => new Date(clock()).toISOString(),
    nowEpochSeconds: () => Math.floor(clock() / 1000),
    nowEpochMilliSeconds: () => clock(),
    parseISO8601ToEpochMilliSeconds: (text: string) => Date.parse(text),
    epochMilliSecondsToSeconds: (ms: number) => Math.floor(ms / 1000),
    epochMilliSecondsToISO8601: (ms: number) => new Date(ms).toISOString(),
  };
}

function makeExtensions({ effects }: UtilScope): Record<string, unknown> {
  return {
    setSubscriptionFilter(filter: unknown) {
      if (effects.setSubscriptionFilter === undefined) {
        throw new UnsupportedInResolver(
          'extensions.setSubscriptionFilter works in resolvers of Subscription fields only',
        );
      }
      effects.setSubscriptionFilter(filter);
    },
  };
}

function toFieldError([
  message,
  errorType = null as never,
  data = null,
  errorInfo = null,
]: ErrorArguments): FieldError {
  const plain = (value: unknown) =>
    value === undefined ? null : JSON.parse(JSON.stringify(value) ?? 'null');
  return new FieldError(String(message), { errorType, data: plain(data), errorInfo: plain(errorInfo) });
}

function authType(identity: ResolverContext['identity']): string {
  if (identity === null) return 'API Key Authorization';
  return 'userArn' in identity ? 'IAM Authorization' : 'User Pool Authorization';
}

/**
 * An object whose missing members fail with their name, instead of "undefined is not a function".
 */
function closed(name: string, members: Record<string, unknown>): object {
  return new Proxy(Object.freeze(members), {
    get(target, key) {
      if (typeof key === 'symbol' || key in target) return Reflect.get(target, key);
      throw new UnsupportedInResolver(`${name}.${key} isn't available in the local runtime`);
    },
  });
}
