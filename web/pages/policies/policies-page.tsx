import { lazy, Suspense } from 'react';
import { useAddress } from '../../address/search.ts';
import { useMay } from '../../data/me.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { PageViews } from '../page-views.tsx';
import { FlowTester } from './flow-tester.tsx';
import { PolicyList } from './policy-list.tsx';
import './policies.css';

/** Lazy: the lists don't need its fields, versions and routing. */
const PolicyDialog = lazy(async () => ({ default: (await import('./policy-dialog.tsx')).PolicyDialog }));
const PolicyForm = lazy(async () => ({ default: (await import('./policy-form.tsx')).PolicyForm }));

const VIEWS = [
  { id: 'list', title: 'Policies', View: PolicyList },
  { id: 'test', title: 'Test a flow', View: FlowTester },
] as const;

/**
 * The policies in matching order with the traffic of each, and a test that finds the policy of a
 * flow.
 */
export function Page() {
  const [address, setAddress] = useAddress();
  const may = useMay();
  return (
    <div className="page">
      <PageViews title="Policies" label="View of the policies" views={VIEWS} />
      <Suspense>
        {address.policy !== undefined && (
          <PolicyDialog
            key={address.policy}
            id={address.policy}
            onClose={() => setAddress({ policy: undefined, part: undefined })}
          />
        )}
        {address.new !== undefined && may('createPolicy') && (
          <Dialog place="wide" title="New policy" onClose={() => setAddress({ new: undefined })}>
            <PolicyForm onClose={() => setAddress({ new: undefined })} />
          </Dialog>
        )}
      </Suspense>
    </div>
  );
}
