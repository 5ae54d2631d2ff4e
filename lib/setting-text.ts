import { SettingError } from './setting-error.ts';

/** A text that isn't empty, where one is given. @throws SettingError */
export function readText(name: string, given: unknown): string | undefined {
  if (given === undefined) return undefined;
  if (typeof given === 'string' && given !== '') return given;
  throw new SettingError(`Setting ${name} must be a text that isn't empty, but is ${JSON.stringify(given)}.`);
}
