import type { AwsOptions } from '../aws-options.ts';
import type { StepName } from './smoke-step.ts';

export interface SmokeOptions extends AwsOptions {
  /** Tests the local system of `system` instead of a stage. */
  local?: boolean;
  system: string;
  /** GraphQL address, if it isn't the stack's. */
  graphql?: string;
  /** An administrator's access token, instead of a user created for the test. */
  token?: string;
  /** Steps to skip, with the reasons. */
  skip: Partial<Record<StepName, string>>;
}
