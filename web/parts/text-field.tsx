import {
  TextField as AriaTextField,
  type TextFieldProps as AriaTextFieldProps,
  FieldError,
  Input,
  Label,
  Text,
  TextArea,
} from 'react-aria-components';

export interface TextFieldProps extends Omit<AriaTextFieldProps, 'className' | 'style' | 'children'> {
  label: string;
  /** What is allowed, or what it is for. */
  description?: string;
  /** What the API found wrong with it. */
  error?: string | undefined;
  placeholder?: string;
  /** Several lines. */
  rows?: number;
}

/** A field with its label, its description and what is wrong with it. */
export function TextField({ label, description, error, placeholder, rows, ...props }: TextFieldProps) {
  const hint = placeholder === undefined ? {} : { placeholder };
  return (
    <AriaTextField {...props} className="field" {...(error !== undefined && { isInvalid: true })}>
      <Label>{label}</Label>
      {rows === undefined ? <Input {...hint} /> : <TextArea rows={rows} {...hint} />}
      {description !== undefined && (
        <Text slot="description" className="muted">
          {description}
        </Text>
      )}
      <FieldError>{error ?? (({ validationErrors }) => validationErrors.join(' '))}</FieldError>
    </AriaTextField>
  );
}
