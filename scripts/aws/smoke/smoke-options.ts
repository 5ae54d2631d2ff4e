import type { AwsOptions } from '../aws-options.ts';
import type { StepName } from './smoke-step.ts';

export interface SmokeOptions extends AwsOptions {
  /** Tests the local system of `system` in place of a stage. */
  local?: boolean;
  system: string;
  /** GraphQL address, where it isn't the one that the stack says. */
  graphql?: string;
  /** An administrator's access token, in place of a person made for the test. */
  token?: string;
  /** Steps to leave out, with the reasons. */
  skip: Partial<Record<StepName, string>>;
}
