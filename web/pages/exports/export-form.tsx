import { useState } from 'react';
import { useTimeRange } from '../../address/time-range.ts';
import { graphql } from '../../data/graphql.ts';
import { useAnswer } from '../../data/use-answer.ts';
import { useChange } from '../../data/use-change.ts';
import { useFieldsOf } from '../../data/use-fields-of.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { Form } from '../../parts/form.tsx';
import { SelectField } from '../../parts/select-field.tsx';
import { TextField } from '../../parts/text-field.tsx';
import {
  EXPORT_KIND_TEXTS,
  EXPORT_KINDS,
  type ExportFieldText,
  type ExportKindName,
  exportFieldsOf,
  exportKindOf,
} from './export-kinds.ts';
import { START_EXPORT } from './operations.ts';

const NAMES = graphql(`
  query ExportNames {
    policies(limit: 1000, defined_only: true) { items { id name } }
    sites(limit: 100) { items { id name } }
  }
`);

export interface ExportFormProps {
  /** Initial values from the address, by field. */
  given: Readonly<Record<string, string>>;
  onClose(): void;
}

/** Starts an export, with initial values from the page that opened it. */
export function ExportForm({ given, onClose }: ExportFormProps) {
  const range = useTimeRange();
  const [kind, setKind] = useState<ExportKindName>(exportKindOf(given.new));
  const [client_token] = useState(() => crypto.randomUUID());
  const { data } = useAnswer(NAMES, {});
  const suggestions = {
    policies: (data?.data.policies.items ?? []).map(({ id, name }) => ({ value: id, name })),
    sites: (data?.data.sites.items ?? []).map(({ id, name }) => ({ value: id, name })),
  };
  const { run, isPending, error, fieldErrors } = useChange(START_EXPORT, {
    done: ({ startExport }) => ({ message: `The export ${startExport.file_name} was started.` }),
    onDone: onClose,
  });
  const marks = useFieldsOf('input', fieldErrors);
  const start = ({ format, from = '', to = '', ...fields }: Record<string, string>): void =>
    run({
      input: {
        kind,
        format: format === 'JSONL' ? 'JSONL' : 'CSV',
        from: instantOf(from),
        to: instantOf(to),
        ...exportFieldsOf(kind, fields),
      },
      client_token,
    });
  return (
    <Dialog title="New export" onClose={onClose}>
      <Form
        submit="Start"
        isPending={isPending}
        error={error}
        fieldErrors={marks}
        onSubmit={start}
        onCancel={onClose}
      >
        <SelectField
          label="What"
          options={EXPORT_KINDS.map(id => ({ id, text: EXPORT_KIND_TEXTS[id].word }))}
          value={kind}
          onChange={chosen => setKind(exportKindOf(String(chosen)))}
        />
        <p className="muted">{EXPORT_KIND_TEXTS[kind].what}</p>
        <TextField
          label="From"
          name="from"
          isRequired
          description="UTC, such as 2026-01-31T12:00Z."
          defaultValue={minuteOf(range.from)}
        />
        <TextField label="To" name="to" isRequired defaultValue={minuteOf(range.to)} />
        {EXPORT_KIND_TEXTS[kind].fields.map(field => (
          <ExportField
            key={`${kind} ${field.name}`}
            field={field}
            given={given[field.name] ?? ''}
            suggestions={field.suggest && suggestions[field.suggest]}
          />
        ))}
        <SelectField
          label="Format"
          name="format"
          options={[
            { id: 'CSV', text: 'CSV, for spreadsheets' },
            { id: 'JSONL', text: 'JSON Lines, an object on each line' },
          ]}
          defaultValue="CSV"
        />
      </Form>
    </Dialog>
  );
}

interface ExportFieldProps {
  field: ExportFieldText;
  given: string;
  suggestions: { value: string; name: string }[] | undefined;
}

function ExportField({ field, given, suggestions }: ExportFieldProps) {
  const { name, label, description, options, number } = field;
  if (options) {
    const known = options.some(({ id }) => id === given);
    return (
      <SelectField
        label={label}
        name={name}
        options={options}
        defaultValue={known ? given : options[0]!.id}
      />
    );
  }
  return (
    <TextField
      label={label}
      name={name}
      autoComplete="off"
      defaultValue={given}
      {...(description !== undefined && { description })}
      {...(number && { inputMode: 'numeric' })}
      {...(suggestions && { suggestions })}
    />
  );
}

/** `2026-01-31T12:00:00.000Z` without seconds that are zero. */
function minuteOf(instant: string): string {
  return instant.replace(/:00\.000Z$/, 'Z');
}

/**
 * An instant as the API expects it; other text is sent unchanged, so that the API reports the
 * error.
 */
function instantOf(text: string): string {
  const at = Date.parse(text);
  return Number.isNaN(at) ? text : new Date(at).toISOString();
}
