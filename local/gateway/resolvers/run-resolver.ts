import type { Clock } from '../../../core/time/clock.ts';
import { FieldError } from '../errors/field-error.ts';
import { GatewayConfigurationError } from '../gateway-error.ts';
import type { DataSource, GatewayOptions, ResolverDefinition } from '../gateway-options.ts';
import { type CompiledResolver, compileResolver, type Handler } from './compile-resolver.ts';
import type { ResolverContext, SideEffects } from './resolver-context.ts';
import { EarlyReturn } from './resolver-signals.ts';
import { makeUtils } from './resolver-util.ts';

/**
 * Runs a field's resolver. Its result is plain JSON. Rejects with a FieldError if the error is for
 * the client.
 */
export type RunResolver = (context: ResolverContext, effects: SideEffects) => Promise<unknown>;

interface Step extends CompiledResolver {
  dataSource: DataSource;
}

type Log = NonNullable<GatewayOptions['log']>;

/** The resolvers of an API by `Type.field`, compiled. @throws GatewayConfigurationError */
export function compileResolvers(
  options: GatewayOptions & { clock: Clock; log: Log },
): Map<string, RunResolver> {
  const compiler = makeCompiler(options);
  return new Map(
    options.resolvers.map(resolver => {
      const name = `${resolver.typeName}.${resolver.fieldName}`;
      return [name, compiler.compile(resolver, name)];
    }),
  );
}

function makeCompiler({
  dataSources,
  functions = {},
  clock,
  log,
}: GatewayOptions & { clock: Clock; log: Log }) {
  let current: Record<string, object> = {};
  const modules = new Map<string, CompiledResolver>();
  const moduleOf = (code: string, name: string) => {
    const known = modules.get(code) ?? compileResolver(code, name, () => current);
    modules.set(code, known);
    return known;
  };
  const sourceOf = (source: string, name: string) => {
    const found = dataSources[source];
    if (found === undefined)
      throw new GatewayConfigurationError(`${name} names the data source ${source}, which isn't there`);
    return found;
  };

  // Handlers are synchronous, so a shared variable can hold the utils of the current run.
  function call(handler: Handler, context: ResolverContext, effects: SideEffects): unknown {
    current = makeUtils({ context, effects, clock });
    try {
      return plain(handler(context));
    } catch (error) {
      if (error instanceof FieldError || error instanceof EarlyReturn) throw error;
      const { parentTypeName, fieldName } = context.info;
      log('Resolver code failed', { field: `${parentTypeName}.${fieldName}`, error: String(error) });
      throw new FieldError('Runtime Error', { errorType: 'Code' });
    }
  }

  async function runStep(step: Step, context: ResolverContext, effects: SideEffects): Promise<unknown> {
    context.error = null;
    const request = call(step.request, context, effects);
    try {
      context.result = await invoke(step.dataSource, request, context);
    } catch (error) {
      if (error instanceof FieldError) throw error;
      context.result = null;
      context.error = { type: 'Lambda:Unhandled', message: (error as Error).message };
      log('Function failed', { field: context.info.fieldName, error: String(error) });
    }
    return call(step.response, context, effects);
  }

  function compile(resolver: ResolverDefinition, name: string): RunResolver {
    const module = moduleOf(resolver.code, name);
    if ('dataSource' in resolver) {
      const step = { ...module, dataSource: sourceOf(resolver.dataSource, name) };
      return async (context, effects) => (await orEarly(() => runStep(step, context, effects))).value;
    }
    const steps = resolver.pipeline.map(id => {
      const fn = functions[id];
      if (fn === undefined)
        throw new GatewayConfigurationError(`${name} names the function ${id}, which isn't there`);
      return { ...moduleOf(fn.code, id), dataSource: sourceOf(fn.dataSource, id) };
    });
    return async (context, effects) => {
      const before = await orEarly(async () => call(module.request, context, effects));
      context.prev = { result: before.value };
      if (!before.early) {
        for (const step of steps) {
          const { value, end } = await orEarly(() => runStep(step, context, effects));
          context.prev = { result: value };
          if (end) break;
        }
      }
      context.result = context.prev.result;
      return (await orEarly(async () => call(module.response, context, effects))).value;
    };
  }

  return { compile };
}

async function orEarly(
  run: () => Promise<unknown>,
): Promise<{ value: unknown; early: boolean; end: boolean }> {
  try {
    return { value: await run(), early: false, end: false };
  } catch (error) {
    if (!(error instanceof EarlyReturn)) throw error;
    return { value: plain(error.value), early: true, end: error.skipTo === 'END' };
  }
}

async function invoke(source: DataSource, request: unknown, { info }: ResolverContext): Promise<unknown> {
  const { operation, payload = null } = (request ?? {}) as { operation?: unknown; payload?: unknown };
  if (source.type === 'NONE') return payload;
  if (operation !== 'Invoke') {
    const field = `${info.parentTypeName}.${info.fieldName}`;
    throw new FieldError(
      `${field}: operation ${String(operation)} isn't available in the local runtime, only Invoke`,
      {
        errorType: 'UnsupportedOperation',
      },
    );
  }
  return plain(await source.invoke(payload));
}

/**
 * Converts a value to plain JSON, because in the cloud the values of functions and resolvers are
 * serialized.
 */
function plain(value: unknown): unknown {
  return value === undefined ? null : JSON.parse(JSON.stringify(value) ?? 'null');
}
