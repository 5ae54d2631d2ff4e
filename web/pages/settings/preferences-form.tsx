import type { Preferences } from '../../data/me.ts';
import { useChange } from '../../data/use-change.ts';
import { useFieldsOf } from '../../data/use-fields-of.ts';
import { Form } from '../../parts/form.tsx';
import { SelectField } from '../../parts/select-field.tsx';
import { TextField } from '../../parts/text-field.tsx';
import { type Theme, useTheme } from '../../parts/theme.ts';
import { SET_PREFERENCES } from './operations.ts';

const TIME_ZONES = Intl.supportedValuesOf('timeZone').map(name => ({
  value: name,
  name: name.replaceAll('_', ' '),
}));

const OF_BROWSER = Intl.DateTimeFormat().resolvedOptions().timeZone;

const THEMES = [
  { id: 'SYSTEM', text: 'Same as the device' },
  { id: 'LIGHT', text: 'Light' },
  { id: 'DARK', text: 'Dark' },
];

const UNITS = [
  { id: 'SI', text: 'Decimal: 1 kB is 1,000 bytes' },
  { id: 'IEC', text: 'Binary: 1 KiB is 1,024 bytes' },
];

export function PreferencesForm({ preferences }: { preferences: Preferences }) {
  const [, setTheme] = useTheme();
  const { run, isPending, error, fieldErrors } = useChange(SET_PREFERENCES, {
    done: () => ({ message: 'Your settings were saved.' }),
    onDone: ({ setPreferences }) => setTheme(setPreferences.theme.toLowerCase() as Theme),
  });
  const marks = useFieldsOf('preferences', fieldErrors);
  const save = ({ theme, time_zone, units }: Record<string, string>): void =>
    run({
      preferences: {
        theme: theme as Preferences['theme'],
        time_zone: time_zone?.trim() || null,
        units: units as Preferences['units'],
      },
    });
  return (
    <Form submit="Save" isPending={isPending} error={error} fieldErrors={marks} onSubmit={save}>
      <SelectField label="Theme" name="theme" options={THEMES} defaultValue={preferences.theme} />
      <TextField
        label="Time zone"
        name="time_zone"
        description={`Such as Europe/Berlin. Empty: the browser's, ${OF_BROWSER}. UTC is shown on hover.`}
        suggestions={TIME_ZONES}
        autoComplete="off"
        defaultValue={preferences.time_zone ?? ''}
      />
      <SelectField
        label="Bytes"
        name="units"
        options={UNITS}
        defaultValue={preferences.units}
        description="Rates are always decimal, like the rates of links."
      />
    </Form>
  );
}
