import { SettingError } from './setting-error.ts';

/** Reads an optional text that must not be empty. @throws SettingError */
export function readText(name: string, given: unknown): string | undefined {
  if (given === undefined) return undefined;
  if (typeof given === 'string' && given !== '') return given;
  throw new SettingError(`Setting ${name} must be a text that isn't empty, but is ${JSON.stringify(given)}.`);
}

export interface WholeNumber {
  fallback: number;
  min: number;
  max: number;
}

/** @throws SettingError with the range */
export function readWholeNumber(name: string, { fallback, min, max }: WholeNumber, given: unknown): number {
  if (given === undefined) return fallback;
  const value = Number(given);
  if (Number.isInteger(value) && value >= min && value <= max) return value;
  throw new SettingError(
    `Setting ${name} must be a whole number from ${min} to ${max}, but is ${JSON.stringify(given)}.`,
  );
}

/** @throws SettingError for anything but true and false */
export function readSwitch(name: string, given: unknown, { fallback = false } = {}): boolean {
  if (given === undefined) return fallback;
  if (String(given) === 'true' || String(given) === 'false') return String(given) === 'true';
  throw new SettingError(`Setting ${name} must be true or false, but is ${JSON.stringify(given)}.`);
}

/** @throws SettingError with the choices */
export function readChoice<Choice extends string | number>(
  name: string,
  choices: readonly Choice[],
  given: unknown,
): Choice | undefined {
  const chosen = choices.find(choice => String(choice) === String(given));
  if (given === undefined || chosen !== undefined) return chosen;
  throw new SettingError(
    `Setting ${name} must be one of ${choices.join(', ')}, but is ${JSON.stringify(given)}.`,
  );
}
