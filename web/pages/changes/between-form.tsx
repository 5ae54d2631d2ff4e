import { useState } from 'react';
import { useAddress } from '../../address/search.ts';
import { type TimeRange, writeRange } from '../../address/time-range.ts';
import { Form } from '../../parts/form.tsx';
import { TextField } from '../../parts/text-field.tsx';
import { instantOf, writtenInstant } from './instant.ts';

const RULE = 'Write a time in UTC, such as 2026-01-31 12:00.';

/** The two instants to compare: those of the page's range, or others that the person types. */
export function BetweenForm({ range: { from, to } }: { range: Pick<TimeRange, 'from' | 'to'> }) {
  const [, setAddress] = useAddress();
  const [wrong, setWrong] = useState<Record<string, string>>({});
  return (
    <Form
      key={`${from} ${to}`}
      submit="Compare"
      isPending={false}
      error={null}
      fieldErrors={wrong}
      onSubmit={values => {
        const [begin, end] = [instantOf(values.from ?? ''), instantOf(values.to ?? '')];
        if (begin !== undefined && end !== undefined && begin < end) {
          setAddress(writeRange({ from: begin, to: end }));
          return;
        }
        setWrong({
          ...(begin === undefined && { from: RULE }),
          ...(end === undefined && { to: RULE }),
          ...(begin !== undefined &&
            end !== undefined && { to: 'The second instant must be later than the first.' }),
        });
      }}
    >
      <div className="columns">
        <TextField label="First instant (UTC)" name="from" defaultValue={writtenInstant(from)} />
        <TextField label="Second instant (UTC)" name="to" defaultValue={writtenInstant(to)} />
      </div>
    </Form>
  );
}
