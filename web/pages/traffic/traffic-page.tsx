import { useAddress } from '../../address/search.ts';
import { SelectField } from '../../parts/select-field.tsx';
import { PageViews } from '../page-views.tsx';
import { OverTime } from './over-time.tsx';
import { FIELD_NAMES, FIELDS, type Field, readTraffic, writeGroup } from './traffic-address.ts';

const VIEWS = [{ id: 'time', title: 'Over time', View: OverTime }] as const;

/** What policies, sites, endpoints and edges carried: one question, shown in several ways. */
export function Page() {
  return (
    <div className="page">
      <PageViews title="Traffic" label="How traffic is shown" views={VIEWS}>
        <Question />
      </PageViews>
    </div>
  );
}

/** What is asked, the same for every view. */
function Question() {
  const [address, setAddress] = useAddress();
  const { by } = readTraffic(address);
  return (
    <div className="panel-actions">
      <SelectField
        label="By"
        options={FIELD_NAMES.map(id => ({ id, text: FIELDS[id].one }))}
        value={by}
        onChange={key => setAddress(writeGroup(key as Field))}
      />
    </div>
  );
}
