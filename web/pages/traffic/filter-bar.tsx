import { X } from 'lucide-react';
import { useAddress } from '../../address/search.ts';
import { Button } from '../../parts/button.tsx';
import { SelectField } from '../../parts/select-field.tsx';
import { FIELD_NAMES, FIELDS, type Field, writeGroup } from './traffic-address.ts';
import { type Names, useNames } from './use-names.ts';
import { useTraffic } from './use-traffic.ts';

/** Fields whose ids the API lists; values of other fields are chosen in the chart and the table. */
const LISTED = ['policy', 'site'] as const;

/** The grouping and the filter, common to all views. */
export function FilterBar() {
  const [, setAddress] = useAddress();
  const { by, filters, only } = useTraffic();
  const names = useNames();
  return (
    <div className="filter-bar">
      <SelectField
        label="Group by"
        options={FIELD_NAMES.map(id => ({ id, text: FIELDS[id].one }))}
        value={by}
        onChange={key => setAddress(writeGroup(key as Field))}
      />
      {LISTED.map(field => (
        <SelectField
          key={field}
          label={`Filter by ${field}`}
          placeholder={filters[field].only.length === 0 ? 'All' : 'Add another'}
          options={names.all(field).filter(({ id }) => !filters[field].only.includes(id))}
          value={null}
          onChange={key => key !== null && only(field, String(key))}
        />
      ))}
      <Button onPress={() => setAddress({ proof: 'yes' })}>Verify totals</Button>
      <Chips names={names} />
    </div>
  );
}

/** The values that the filter includes and excludes, each with a button to remove it. */
function Chips({ names }: { names: Names }) {
  const { filters, only, leaveOut, forget } = useTraffic();
  const chips = FIELD_NAMES.flatMap(field => [
    ...filters[field].only.map(id => ({ field, id, isOut: false })),
    ...filters[field].not.map(id => ({ field, id, isOut: true })),
  ]);
  if (chips.length === 0) return null;
  return (
    <ul className="chips" aria-label="Filters">
      {chips.map(({ field, id, isOut }) => (
        <li key={`${field} ${id}`} className={isOut ? 'chip chip-out' : 'chip'}>
          <Button
            kind="link"
            onPress={() => (isOut ? only(field, id) : leaveOut(field, id))}
            aria-label={`${isOut ? `not ${field}: show only` : `${field}: leave out`} ${names.of(field, id)}`}
          >
            {isOut ? `not ${field}` : field}
          </Button>
          <bdi className="clip" title={id}>
            {names.of(field, id)}
          </bdi>
          <Button
            square
            kind="quiet"
            aria-label={`Remove ${names.of(field, id)} from the filter`}
            onPress={() => forget(field, id)}
          >
            <X size={14} aria-hidden />
          </Button>
        </li>
      ))}
    </ul>
  );
}
