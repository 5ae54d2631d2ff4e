import { z } from 'zod';
import { ifUpdatedAt } from '../../audit/refuse-changed.ts';
import { ValidationError } from '../../errors.ts';
import { lineOfText } from '../../inventory/model/parse-input.ts';
import {
  DIRECTIONS,
  METRICS,
  type Metric,
  MINUTES_MAX,
  THRESHOLD_METRICS,
  THRESHOLD_SCOPES,
  type Threshold,
} from './threshold.ts';

const number = (name: string) => z.number(`${name} must be a number.`);

const MINUTES_RULE = `minutes must be a whole number from 1 to ${MINUTES_MAX}.`;

const minutes = z.int(MINUTES_RULE).min(1, MINUTES_RULE).max(MINUTES_MAX, MINUTES_RULE);

export const newThreshold = {
  name: lineOfText('name', 80),
  scope: z.enum(THRESHOLD_SCOPES),
  target_id: z.string(),
  metric: z.enum(THRESHOLD_METRICS),
  direction: z.enum(DIRECTIONS),
  value: number('value'),
  clear_value: number('clear_value').nullish(),
  minutes,
};

const orStays = <T extends z.ZodType>(schema: T) => schema.nullish().transform(given => given ?? undefined);

/** Fields that are left out or null stay. A `clear_value` stays unless `value` is given. */
export const thresholdPatch = {
  name: orStays(lineOfText('name', 80)),
  direction: orStays(z.enum(DIRECTIONS)),
  value: orStays(number('value')),
  clear_value: orStays(number('clear_value')),
  minutes: orStays(minutes),
  if_updated_at: ifUpdatedAt,
};

type Checked = Pick<Threshold, 'scope' | 'metric' | 'direction' | 'value' | 'clear_value'>;

/** @throws ValidationError if metric, scope, direction and values don't fit together */
export function checkThreshold({ scope, metric, direction, value, clear_value }: Checked): void {
  const { scopes, unit, most, only }: Metric = METRICS[metric];
  if (!scopes.includes(scope)) {
    const named = THRESHOLD_METRICS.filter(name => (METRICS[name] as Metric).scopes.includes(scope));
    refuse('metric', `metric of a ${scope} must be one of ${named.join(', ')}.`);
  }
  if (only && direction !== only) refuse('direction', `direction of ${metric} must be ${only}.`);
  const range = `a number from 0 to ${most.toLocaleString('en')} (${unit})`;
  if (value < 0 || value > most) refuse('value', `value must be ${range}.`);
  if (clear_value < 0 || clear_value > most) refuse('clear_value', `clear_value must be ${range}.`);
  const beyond = direction === 'ABOVE' ? clear_value > value : clear_value < value;
  if (!beyond) return;
  const side = direction === 'ABOVE' ? 'value or less' : 'value or more';
  refuse('clear_value', `clear_value must be ${side}: the alarm ends when the figure has reached it.`);
}

function refuse(argument: string, message: string): never {
  throw new ValidationError(message, { arguments: [argument] });
}
