/** What the deployer chose can't be: the message names the value and says what it may be. */
export class SettingError extends Error {
  override readonly name = 'SettingError';
}
