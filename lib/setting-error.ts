/** A setting is invalid. The message names the value and the allowed ones. */
export class SettingError extends Error {
  override readonly name = 'SettingError';
}
