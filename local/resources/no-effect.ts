import { z } from 'zod';

/** A property that is known and changes nothing on one machine; `reason` says why. */
export function noEffect(reason: string): z.ZodOptional<z.ZodType<undefined>> {
  return z
    .unknown()
    .transform(() => undefined)
    .describe(`no local effect: ${reason}`)
    .optional();
}

export const TAGS = noEffect('labels for the bill');
export const ENCRYPTION = noEffect("encryption at rest is the cloud's");
