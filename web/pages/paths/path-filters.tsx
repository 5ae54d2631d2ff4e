import { useAddress } from '../../address/search.ts';
import { Button } from '../../parts/button.tsx';
import { count } from '../../parts/format.ts';
import { PATH_STATUSES, type PathStatusName } from '../../parts/path-status.tsx';
import { SelectField } from '../../parts/select-field.tsx';
import { usePolicyNames } from './policy-names.ts';

const ALL = 'all';

/** The filters of the list of paths, kept in the address. */
export function PathFilters({ counts }: { counts: readonly { status: PathStatusName; count: number }[] }) {
  const [address, setAddress] = useAddress();
  const policies = usePolicyNames();
  const countOf = new Map(counts.map(({ status, count }) => [status, count]));
  const statuses = (Object.keys(PATH_STATUSES) as PathStatusName[]).map(status => ({
    id: status,
    text: `${PATH_STATUSES[status].word} (${count(countOf.get(status) ?? 0)})`,
  }));
  const names = [...policies].map(([id, text]) => ({ id, text }));
  const set = (name: string) => (key: unknown) =>
    setAddress({ [name]: key === ALL ? undefined : String(key) });
  return (
    <div className="panel-actions">
      <SelectField
        label="Status"
        options={[{ id: ALL, text: 'Every status' }, ...statuses]}
        value={address.status ?? ALL}
        onChange={set('status')}
      />
      <SelectField
        label="Used by"
        options={[{ id: ALL, text: 'Any policy' }, ...names]}
        value={address.policy ?? ALL}
        onChange={set('policy')}
      />
      <SelectField
        label="Order"
        options={[
          { id: ALL, text: 'Worst first' },
          { id: 'traffic', text: 'Busiest first' },
        ]}
        value={address.order ?? ALL}
        onChange={set('order')}
      />
      {address.site !== undefined && (
        <Button onPress={() => setAddress({ site: undefined })}>All sites</Button>
      )}
    </div>
  );
}
