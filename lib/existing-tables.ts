import { SettingError } from './setting-error.ts';
import { readText } from './setting-values.ts';

/**
 * Names of existing tables; undefined: the stack's own table. `npm run recover -- adopt` prints
 * them.
 */
export interface ExistingTables {
  audit: { name: string; stream_arn: string } | undefined;
  network: { name: string; stream_arn: string } | undefined;
  traffic: string | undefined;
  cache: string | undefined;
}

type LookUp = (name: string) => unknown;

/** @throws SettingError */
export function readExistingTables(lookUp: LookUp): ExistingTables {
  const audit = readStreamedTable('audit', lookUp);
  const network = readStreamedTable('network', lookUp);
  const traffic = readTableName('traffic_table', lookUp);
  const cache = readTableName('cache_table', lookUp);
  const names = [audit?.name, network?.name, traffic, cache].filter(name => name !== undefined);
  if (new Set(names).size < names.length) {
    throw new SettingError(
      'Settings audit_table, network_table, traffic_table and cache_table must name different tables.',
    );
  }
  return { audit, network, traffic, cache };
}

/** Reads the settings of a table whose stream functions use. */
function readStreamedTable(
  table: 'audit' | 'network',
  lookUp: LookUp,
): { name: string; stream_arn: string } | undefined {
  const name = readTableName(`${table}_table`, lookUp);
  const setting = `${table}_stream_arn`;
  const stream_arn = readText(setting, lookUp(setting));
  if (name === undefined && stream_arn === undefined) return undefined;
  if (name === undefined || stream_arn === undefined) {
    throw new SettingError(
      `Settings ${table}_table and ${setting} must be given together: npm run recover -- adopt prints both.`,
    );
  }
  if (!stream_arn.includes(`:table/${name}/stream/`)) {
    throw new SettingError(
      `Setting ${setting} must be the stream of the table ${name} (arn:aws:dynamodb:…:table/${name}/stream/…), but is ${JSON.stringify(stream_arn)}.`,
    );
  }
  return { name, stream_arn };
}

function readTableName(setting: string, lookUp: LookUp): string | undefined {
  const name = readText(setting, lookUp(setting));
  if (name === undefined || /^[A-Za-z0-9_.-]{3,255}$/.test(name)) return name;
  throw new SettingError(
    `Setting ${setting} must be the name of a table (3 to 255 letters, digits, _ . -), but is ${JSON.stringify(name)}.`,
  );
}
