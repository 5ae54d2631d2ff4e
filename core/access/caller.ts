import { z } from 'zod';

/** Who asked for an operation, as every audit entry keeps it. */
export interface Caller {
  kind: CallerKind;
  /**
   * Cognito's lasting id of a person, the ARN of a machine, or the name of a job of the system's
   * own.
   */
  sub: string;
  username: string | null;
  email: string | null;
  /** Cognito groups; empty for machines. */
  groups: string[];
  source_ip: string | null;
  /**
   * Id of the request to the API, by which logs find all that was done for it; null for what the
   * system does by itself.
   */
  request_id: string | null;
}

/** SYSTEM: a job of our own, such as the clean-up that finishes a deletion. */
type CallerKind = 'PERSON' | 'MACHINE' | 'SYSTEM';

/** The caller of what the system does by itself. `job` names the function, such as `cleanup`. */
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

/** A caller as items keep it. */
export const callerSchema: z.ZodType<Caller> = z.object({
  kind: z.enum(['PERSON', 'MACHINE', 'SYSTEM']),
  sub: z.string(),
  username: z.string().nullable().default(null),
  email: z.string().nullable().default(null),
  groups: z.array(z.string()).default([]),
  source_ip: z.string().nullable().default(null),
  // Earlier releases wrote none.
  request_id: z.string().nullable().default(null),
});
