import { z } from 'zod';

const texts = z.union([z.string(), z.array(z.string())]).transform(value => [value].flat());

/** The only key in our conditions. Another key would need its value in every `Need`. */
const LEADING_KEYS = 'dynamodb:LeadingKeys';

const aboutKeys = z.strictObject({ [LEADING_KEYS]: texts }).transform(asked => asked[LEADING_KEYS]!);

const conditionSchema = z.strictObject({
  'ForAllValues:StringLike': aboutKeys.optional(),
  'ForAnyValue:StringLike': aboutKeys.optional(),
  Null: z
    .strictObject({ [LEADING_KEYS]: z.enum(['true', 'false']) })
    .transform(asked => asked[LEADING_KEYS]!)
    .optional(),
});

const statementSchema = z
  .strictObject({
    Sid: z.string().optional(),
    Effect: z.enum(['Allow', 'Deny']),
    Action: texts,
    Resource: texts,
    Condition: conditionSchema.default({}),
  })
  .transform(({ Effect, Action, Resource, Condition }) => ({
    effect: Effect,
    /** Such as `dynamodb:GetItem`; `*` and `?` are wildcards, here and below. */
    actions: Action,
    /** ARNs. */
    resources: Resource,
    /** Its condition on the keys of partitions (`dynamodb:LeadingKeys`). */
    condition: Condition,
  }));

/**
 * A policy of a role. Unsupported parts (an operator, a key, NotAction …) are errors and are never
 * ignored, because permissions would be judged wrongly.
 */
export const policyDocumentSchema = z
  .strictObject({ Version: z.literal('2012-10-17'), Statement: z.array(statementSchema) })
  .transform(({ Statement }) => Statement);

/** A statement of a policy. */
export type Statement = z.output<typeof statementSchema>;
