import { useEffect } from 'react';
import { usePreferences } from '../data/me.ts';
import { setNotation } from '../parts/format.ts';
import { useTheme } from '../parts/theme.ts';

/**
 * Applies the person's settings: times, units, and the theme if none was chosen on this device.
 * @returns a key that changes with the format of figures and times, so that the page is rendered
 * again
 */
export function useKeptPreferences(): string {
  const preferences = usePreferences();
  const [theme, setTheme] = useTheme();
  const kept = preferences?.theme ?? 'SYSTEM';
  // biome-ignore lint/correctness/useExhaustiveDependencies: a theme that is chosen later stays
  useEffect(() => {
    if (theme === 'system' && kept !== 'SYSTEM') setTheme(kept === 'DARK' ? 'dark' : 'light');
  }, [kept]);
  const { time_zone = null, units = 'SI' } = preferences ?? {};
  setNotation({ timeZone: time_zone ?? undefined, units });
  return `${time_zone} ${units}`;
}
