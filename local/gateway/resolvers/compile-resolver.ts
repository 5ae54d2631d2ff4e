import { createContext, Script } from 'node:vm';
import { transformSync } from '@swc/core';
import { GatewayConfigurationError } from '../gateway-error.ts';
import { checkResolverCode } from './check-resolver-code.ts';
import type { ResolverContext } from './resolver-context.ts';

export type Handler = (context: ResolverContext) => unknown;

/**
 * A module of resolver code with its two handlers; `utils` replaces its import of
 * `@aws-appsync/utils`.
 */
export interface CompiledResolver {
  request: Handler;
  response: Handler;
}

/** Globals of Node that APPSYNC_JS lacks. */
const HIDDEN = [
  'Date',
  'Promise',
  'Function',
  'eval',
  'Symbol',
  'Proxy',
  'Reflect',
  'WeakMap',
  'WeakSet',
  'WeakRef',
  'WebAssembly',
  'SharedArrayBuffer',
  'Atomics',
  'globalThis',
];

/**
 * Compiles the source of an APPSYNC_JS module, once.
 * `utils` are read at each use, so that every run of a handler has its own.
 * @throws GatewayConfigurationError if AppSync would refuse the code
 */
export function compileResolver(
  code: string,
  name: string,
  utils: () => Record<string, object>,
): CompiledResolver {
  checkResolverCode(code, name);
  const { code: script } = transformSync(code, { module: { type: 'commonjs' }, jsc: { target: 'es2022' } });
  const exports: Record<string, unknown> = {};
  const current = (part: string) => utils()[part];
  const imported = Object.defineProperties(
    {},
    {
      util: { enumerable: true, get: () => current('util') },
      runtime: { enumerable: true, get: () => current('runtime') },
      extensions: { enumerable: true, get: () => current('extensions') },
    },
  );
  const context = createContext({
    exports,
    require: () => imported,
    console: { log() {}, error() {}, info() {}, warn() {} },
  });
  new Script(`for (const name of ${JSON.stringify(HIDDEN)}) delete this[name];`).runInContext(context);
  new Script(script, { filename: `${name}.js` }).runInContext(context, { timeout: 1000 });
  return { request: handler(exports.request), response: handler(exports.response) };

  function handler(value: unknown): Handler {
    if (typeof value === 'function') return value as Handler;
    throw new GatewayConfigurationError(`The code of ${name} must export the functions request and response`);
  }
}
