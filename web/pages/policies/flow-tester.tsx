import { useAddress } from '../../address/search.ts';
import { ApiError } from '../../data/errors.ts';
import { useAnswer } from '../../data/use-answer.ts';
import { Form } from '../../parts/form.tsx';
import { Loaded, Panel } from '../../parts/panel.tsx';
import { type Column, VirtualTable } from '../../parts/table/virtual-table.tsx';
import { TextField } from '../../parts/text-field.tsx';
import { conditionText } from './match-text.ts';
import { MATCH_POLICY, type Verdict } from './operations.ts';
import { numberOf, type PolicyDraft } from './policy-draft.ts';

const FIELDS = [
  { name: 'src', label: 'Source address', description: 'IPv4 or IPv6.' },
  { name: 'src_port', label: 'Source port', description: 'Empty if the protocol has no ports.' },
  { name: 'dst', label: 'Destination address', description: 'Of the same IP version.' },
  { name: 'dst_port', label: 'Destination port', description: 'Empty if the protocol has no ports.' },
  { name: 'protocol', label: 'IP protocol', description: '6 is TCP, 17 is UDP.' },
] as const;

const REQUIRED: readonly string[] = ['src', 'dst', 'protocol'];

/**
 * The policy that matches a flow, and why each other one doesn't; a draft is treated as if it were
 * saved. The flow is kept in the address.
 */
export function FlowTester({ draft }: { draft?: PolicyDraft | undefined }) {
  const [address, setAddress] = useAddress();
  const isAsked = REQUIRED.every(name => address[name] !== undefined);
  const answer = useAnswer(
    MATCH_POLICY,
    {
      flow: {
        src: address.src ?? '',
        src_port: numberOf(address.src_port),
        dst: address.dst ?? '',
        dst_port: numberOf(address.dst_port),
        protocol: numberOf(address.protocol) ?? -1,
      },
      draft: draft ?? null,
    },
    { enabled: isAsked, changedBy: ['POLICY', 'CHANGE_UNDONE'] },
  );
  const error = isAsked ? answer.error : null;
  const fields = error instanceof ApiError ? error.fields : [];
  const wrong = Object.fromEntries(
    fields.map(({ argument, message }) => [argument.replace('flow.', ''), message]),
  );
  return (
    <>
      <Panel title="Flow">
        <Form
          key={FIELDS.map(({ name }) => address[name]).join(' ')}
          submit="Test"
          isPending={answer.isFetching}
          error={error}
          fieldErrors={wrong}
          onSubmit={values =>
            setAddress(
              Object.fromEntries(FIELDS.map(({ name }) => [name, values[name]?.trim() || undefined])),
            )
          }
        >
          {FIELDS.map(field => (
            <TextField
              key={field.name}
              {...field}
              isRequired={REQUIRED.includes(field.name)}
              defaultValue={address[field.name] ?? ''}
            />
          ))}
        </Form>
      </Panel>
      {isAsked && !error && (
        <Panel title="Matching policy" flush>
          <Loaded data={answer.data?.data.matchPolicy} onRetry={() => void answer.refetch()}>
            {({ taken_by, application, others }) => (
              <>
                <p className="panel-body">
                  Policy{' '}
                  <strong>
                    <bdi>{taken_by.policy_name}</bdi>
                  </strong>{' '}
                  matches it. By its ports it is of the class {application}.
                </p>
                <VirtualTable
                  label="Policies that don't match"
                  columns={COLUMNS}
                  rows={others}
                  rowId={({ policy }) => policy.policy_id ?? ''}
                  maxRows={20}
                />
              </>
            )}
          </Loaded>
        </Panel>
      )}
    </>
  );
}

const COLUMNS: readonly Column<Verdict>[] = [
  {
    id: 'name',
    head: 'Policy',
    width: 'minmax(128px, 1fr)',
    cell: ({ policy }) => <bdi>{policy.policy_name}</bdi>,
  },
  { id: 'why', head: 'Why not', width: 'minmax(208px, 3fr)', cell: verdict => reasonText(verdict) },
];

function reasonText({ reason, condition, wanted, found }: Verdict): string {
  if (reason === 'DISABLED') return 'It is disabled.';
  if (reason === 'COMES_LATER') return 'It would match, but a policy with a higher priority matches first.';
  return `Its ${conditionText(condition)} must be ${wanted}, and is ${found}.`;
}
