import { Search } from 'lucide-react';
import { useRef, useState } from 'react';
import { ComboBox, Group, Input, ListBox, ListBoxItem, Popover } from 'react-aria-components';
import { useTyped } from './use-typed.ts';

export interface Offer {
  /** The label of the suggestion. */
  label: string;
  /** The whole text of the field with the suggestion. */
  text: string;
}

export interface CompletingFieldProps {
  label: string;
  placeholder: string;
  value: string;
  /** Called when typing has paused. */
  onChange(text: string): void;
  /** Suggestions for the position of the caret. */
  offersAt(text: string, caret: number): readonly Offer[];
  isInvalid: boolean;
}

/** A text field with suggestions: arrow keys choose, Enter accepts. */
export function CompletingField(props: CompletingFieldProps) {
  const { label, placeholder, value, onChange, offersAt, isInvalid } = props;
  const { text, setText, sendNow } = useTyped(value, onChange);
  const [caret, setCaret] = useState(value.length);
  const offers = offersAt(text, Math.min(caret, text.length)).filter(offer => offer.text !== text);
  const input = useRef<HTMLInputElement>(null);
  const keepCaret = () => setCaret(input.current?.selectionStart ?? text.length);
  const take = (chosen: string): void => {
    setText(chosen);
    setCaret(chosen.length);
  };
  return (
    <ComboBox
      aria-label={label}
      className="completing-field"
      inputValue={text}
      onInputChange={typed => {
        setText(typed);
        keepCaret();
      }}
      // A chosen suggestion becomes text, so no option stays selected.
      selectedKey={null}
      onSelectionChange={key => key !== null && take(String(key))}
      items={offers.map(({ label, text }) => ({ id: text, label }))}
      defaultFilter={() => true}
      menuTrigger="focus"
      allowsCustomValue
      isInvalid={isInvalid}
    >
      <Group className="search-box">
        <Search size={16} aria-hidden />
        <Input
          ref={input}
          className="search-input"
          placeholder={placeholder}
          spellCheck={false}
          onSelect={keepCaret}
          onBlur={sendNow}
          onKeyDown={event => event.key === 'Enter' && sendNow()}
        />
      </Group>
      <Popover className="popover" isNonModal>
        <ListBox className="menu" aria-label="Suggestions">
          {({ id, label }: { id: string; label: string }) => (
            <ListBoxItem id={id} textValue={id} className="menu-item">
              <bdi>{label}</bdi>
            </ListBoxItem>
          )}
        </ListBox>
      </Popover>
    </ComboBox>
  );
}
