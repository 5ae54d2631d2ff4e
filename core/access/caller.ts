import { z } from 'zod';

/** Who called an operation; every audit entry contains it. */
export interface Caller {
  kind: CallerKind;
  /**
   * Cognito's permanent id of a person, the ARN of a machine, or the name of a job of the system.
   */
  sub: string;
  username: string | null;
  email: string | null;
  /** Cognito groups; empty for machines. */
  groups: string[];
  source_ip: string | null;
  /** Id of the API request, by which all its log lines are found; null for jobs of the system. */
  request_id: string | null;
}

/** SYSTEM: a job of the system, such as the clean-up that finishes a deletion. */
type CallerKind = 'PERSON' | 'MACHINE' | 'SYSTEM';

/** The caller for changes by the system itself. `job` names the function, such as `cleanup`. */
export function systemCaller(job: string): Caller {
  return {
    kind: 'SYSTEM',
    sub: job,
    username: null,
    email: null,
    groups: [],
    source_ip: null,
    request_id: null,
  };
}

/** A caller in items. */
export const callerSchema: z.ZodType<Caller> = z.object({
  kind: z.enum(['PERSON', 'MACHINE', 'SYSTEM']),
  sub: z.string(),
  username: z.string().nullable().default(null),
  email: z.string().nullable().default(null),
  groups: z.array(z.string()).default([]),
  source_ip: z.string().nullable().default(null),
  // Items of earlier releases have none.
  request_id: z.string().nullable().default(null),
});
