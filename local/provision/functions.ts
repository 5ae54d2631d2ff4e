import { LOCAL_CREDENTIALS_ENVIRONMENT } from '../../core/local-credentials.ts';
import { REGION } from '../aws/account.ts';
import { findHandler } from '../lambda/bundle-file.ts';
import type { FunctionFailure } from '../lambda/function-failure.ts';
import { type LambdaFunction, makeLambdaFunction } from '../lambda/lambda-function.ts';
import type { FunctionProperties } from '../resources/function-schema.ts';
import { arn } from './physical-names.ts';

export interface FunctionSetting {
  name: string;
  properties: FunctionProperties;
  /** Folder of the bundle. */
  folder: string;
  /** AWS_ENDPOINT_URL_… of the engines. */
  endpoints: Record<string, string>;
  log: (text: string) => void;
  onFailure: (failure: FunctionFailure) => void;
}

/** Makes a function of its deployed description and bundle, with the environment that Lambda gives it. */
export function makeFunction(setting: FunctionSetting): LambdaFunction {
  const { name, properties, folder, endpoints, log, onFailure } = setting;
  const { Handler, Timeout, MemorySize, Environment, ReservedConcurrentExecutions } = properties;
  const logGroupName = `/aws/lambda/${name}`;
  return makeLambdaFunction({
    ...findHandler(folder, Handler),
    functionName: name,
    functionArn: arn('lambda', `function:${name}`),
    memoryMb: MemorySize,
    timeoutMs: Timeout * 1000,
    reservedConcurrency: ReservedConcurrentExecutions,
    logGroupName,
    log,
    onFailure,
    environment: {
      PATH: process.env.PATH ?? '',
      TZ: ':UTC',
      LANG: 'en_US.UTF-8',
      AWS_REGION: REGION,
      AWS_DEFAULT_REGION: REGION,
      ...LOCAL_CREDENTIALS_ENVIRONMENT,
      AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
      AWS_LAMBDA_FUNCTION_NAME: name,
      AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(MemorySize),
      AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
      AWS_LAMBDA_LOG_GROUP_NAME: logGroupName,
      LAMBDA_TASK_ROOT: folder,
      LAMBDA_RUNTIME_DIR: '/var/runtime',
      _HANDLER: Handler,
      ...endpoints,
      ...Environment?.Variables,
    },
  });
}
