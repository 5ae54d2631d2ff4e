import { useNavigate } from '@tanstack/react-router';
import { Search } from 'lucide-react';
import { useDeferredValue, useLayoutEffect, useState } from 'react';
import {
  Autocomplete,
  Dialog,
  Input,
  Menu,
  MenuItem,
  Modal,
  ModalOverlay,
  SearchField,
} from 'react-aria-components';
import { Button } from '../parts/button.tsx';
import { type Command, useCommands } from './use-commands.ts';

/** The command palette and its button: Ctrl-K or ⌘K opens it, from everywhere. */
export function Palette() {
  const [open, setOpen] = useState(false);
  // With the frame, not after it: keys that come as soon as it is seen count.
  useLayoutEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key.toLowerCase() !== 'k' || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      setOpen(now => !now);
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);
  return (
    <>
      <Button onPress={() => setOpen(true)}>
        <Search size={16} aria-hidden />
        <span className="wide-only">Find</span>
        <kbd className="wide-only">Ctrl K</kbd>
      </Button>
      <ModalOverlay isOpen={open} onOpenChange={setOpen} isDismissable className="overlay overlay-top">
        <Modal className="dialog palette">
          <Dialog aria-label="Find">
            <PaletteContent onClose={() => setOpen(false)} />
          </Dialog>
        </Modal>
      </ModalOverlay>
    </>
  );
}

function PaletteContent({ onClose }: { onClose(): void }) {
  const navigate = useNavigate();
  const [text, setText] = useState('');
  const commands = useCommands(useDeferredValue(text));
  const run = (command: Command): void => {
    onClose();
    if ('run' in command) command.run();
    else void navigate({ href: command.to });
  };
  return (
    <Autocomplete inputValue={text} onInputChange={setText}>
      <SearchField aria-label="Find a page, a site, a policy or an action" autoFocus className="field">
        <Input placeholder="Find a page, a site, a policy or an action" />
      </SearchField>
      <Menu
        aria-label="Found"
        className="menu"
        items={commands}
        onAction={id => run(commands.find(command => command.id === id)!)}
        renderEmptyState={() => <p className="empty muted">Nothing has this name.</p>}
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
