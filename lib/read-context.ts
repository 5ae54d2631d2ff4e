import type { Node } from 'constructs';
import { SettingError } from './setting-error.ts';
import { readSettings, type Settings } from './settings.ts';

/** Keys of the CDK's command line without a colon or an @, which all its other keys have. */
const OF_THE_COMMAND_LINE = ['acknowledged-issue-numbers', 'cli-telemetry'];

/**
 * Reads the settings from the CDK's context. Apart from settings, the context may only contain the
 * CDK's own keys.
 * @throws SettingError with the setting's name and its allowed values
 */
export function readContext(node: Node): Settings {
  const given = Object.keys(node.getAllContext()).filter(key => !isOfCdk(key));
  return readGivenSettings(name => node.tryGetContext(name), given);
}

/**
 * Reads the settings; `given` are the names of given settings. Unknown names are refused, because a
 * misspelt setting would silently have no effect.
 * @throws SettingError with the setting's name and its allowed values
 */
export function readGivenSettings(lookUp: (name: string) => unknown, given: readonly string[]): Settings {
  const known = new Set<string>();
  const settings = readSettings(name => {
    known.add(name);
    return lookUp(name);
  });
  const unknown = given.filter(name => !known.has(name));
  if (unknown.length === 0) return settings;
  const [are, named] = unknown.length === 1 ? ['is', 'Setting'] : ['are', 'Settings'];
  throw new SettingError(
    `${named} ${unknown.join(', ')} ${are} unknown. There are ${[...known].sort().join(', ')}.`,
  );
}

function isOfCdk(key: string): boolean {
  return key.includes(':') || key.startsWith('@') || OF_THE_COMMAND_LINE.includes(key);
}
