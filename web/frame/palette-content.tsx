import { useNavigate } from '@tanstack/react-router';
import { useDeferredValue } from 'react';
import { Autocomplete, Input, Menu, MenuItem, SearchField } from 'react-aria-components';
import { type Command, useCommands } from './use-commands.ts';

export interface PaletteContentProps {
  label: string;
  /** The search text. */
  text: string;
  onType(text: string): void;
  onClose(): void;
}

/** The palette's search field and its results. */
export function PaletteContent({ label, text, onType, onClose }: PaletteContentProps) {
  const navigate = useNavigate();
  const commands = useCommands(useDeferredValue(text));
  const run = (command: Command): void => {
    onClose();
    if ('run' in command) command.run();
    else void navigate({ href: command.to });
  };
  return (
    <Autocomplete inputValue={text} onInputChange={onType}>
      <SearchField aria-label={label} autoFocus className="field">
        <Input placeholder={label} />
      </SearchField>
      <Menu
        aria-label="Found"
        className="menu"
        items={commands}
        onAction={id => run(commands.find(command => command.id === id)!)}
        renderEmptyState={() => <p className="empty muted">Nothing matches.</p>}
      >
        {({ id, text: words, kind }) => (
          <MenuItem id={id} textValue={words} className="menu-item">
            <bdi className="clip" title={words}>
              {words}
            </bdi>
            <span className="spacer" />
            <span className="muted">{kind}</span>
          </MenuItem>
        )}
      </Menu>
    </Autocomplete>
  );
}
