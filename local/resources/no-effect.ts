import { z } from 'zod';

/** A known property without effect on one machine; `reason` says why. */
export function noEffect(reason: string): z.ZodOptional<z.ZodType<undefined>> {
  return z
    .unknown()
    .transform(() => undefined)
    .describe(`no local effect: ${reason}`)
    .optional();
}

export const TAGS = noEffect('labels for the bill');
export const ENCRYPTION = noEffect('only the cloud encrypts at rest');
