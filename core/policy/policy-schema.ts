import { z } from 'zod';
import { APPLICATION_CLASSES } from './application-class.ts';
import { parseCidr } from './ip-address.ts';
import { MAX_ID_LENGTH, POLICY_PRIORITY } from './policy.ts';
import { isPrintable } from './printable.ts';

const cidr = z.string().refine(text => parseCidr(text) !== undefined, {
  error: 'must be an IPv4 or IPv6 network such as 10.0.0.0/8 or 2001:db8::/32',
});

function wholeNumber(min: number, max: number) {
  const error = `must be a whole number from ${min} to ${max}`;
  return z.number({ error }).int().min(min).max(max);
}

const port = wholeNumber(0, 65535);

/**
 * Validates match rules from outside (arguments, a policies file). Unknown names are refused, so
 * that a typo can't silently change what a policy matches.
 */
export const policyMatchSchema = z
  .strictObject({
    source_cidr: cidr.exactOptional(),
    destination_cidr: cidr.exactOptional(),
    source_port: port.exactOptional(),
    destination_port_from: port.exactOptional(),
    destination_port_to: port.exactOptional(),
    protocol: wholeNumber(0, 255).exactOptional(),
    application: z
      .enum(APPLICATION_CLASSES, { error: `must be one of ${APPLICATION_CLASSES.join(', ')}` })
      .exactOptional(),
  })
  .refine(portsInOrder, {
    error: 'must not be below destination_port_from',
    path: ['destination_port_to'],
    // Also runs if there are other problems, so that all of them are reported at once.
    when: () => true,
  });

function portsInOrder(match: unknown): boolean {
  const { destination_port_from: from, destination_port_to: to } = Object(match);
  return typeof from !== 'number' || typeof to !== 'number' || from <= to;
}

/**
 * Validates a policy from outside. It is enabled by default; without match rules it matches
 * everything.
 */
export const policyRuleSchema = z.object({
  id: z
    .string({ error: 'must be text' })
    .min(1, { error: 'must not be empty' })
    .max(MAX_ID_LENGTH, { error: `must have at most ${MAX_ID_LENGTH} characters` })
    .refine(isPrintable, {
      error: 'must not contain control characters: reports with such ids are not counted',
    }),
  name: z.string({ error: 'must be text' }).default(''),
  priority: wholeNumber(POLICY_PRIORITY.min, POLICY_PRIORITY.max),
  enabled: z.boolean({ error: 'must be true or false' }).default(true),
  match: policyMatchSchema.default({}),
});
