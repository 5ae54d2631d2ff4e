import { PageViews } from '../page-views.tsx';
import { FlowTester } from './flow-tester.tsx';
import { PolicyList } from './policy-list.tsx';

const VIEWS = [
  { id: 'list', title: 'Policies', View: PolicyList },
  { id: 'test', title: 'Test a flow', View: FlowTester },
] as const;

/** The policies in the order in which they are matched, with what passes by each, and which of them takes a flow. */
export function Page() {
  return (
    <div className="page">
      <PageViews title="Policies" label="What is shown of the policies" views={VIEWS} />
    </div>
  );
}
