import { useAddress } from '../../address/search.ts';
import { Tabs } from '../../parts/tabs.tsx';
import { FlowTester } from './flow-tester.tsx';
import { PolicyList } from './policy-list.tsx';

const VIEWS = [
  { id: 'list', title: 'Policies', View: PolicyList },
  { id: 'test', title: 'Test a flow', View: FlowTester },
];

/** The policies in the order in which they are matched, with what passes by each, and which of them takes a flow. */
export function Page() {
  const [address, setAddress] = useAddress();
  const { View } = VIEWS.find(({ id }) => id === address.view) ?? VIEWS[0]!;
  return (
    <div className="page">
      <div className="page-head">
        <h1>Policies</h1>
        <Tabs
          label="What is shown of the policies"
          tabs={VIEWS}
          chosen={address.view ?? 'list'}
          onChoose={view => setAddress({ view: view === 'list' ? undefined : view })}
        />
      </div>
      <View />
    </div>
  );
}
