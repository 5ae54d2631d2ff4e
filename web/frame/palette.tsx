import { Search } from 'lucide-react';
import { lazy, Suspense, useLayoutEffect, useState } from 'react';
import { Dialog, Modal, ModalOverlay } from 'react-aria-components';
import { Button } from '../parts/button.tsx';

const LABEL = 'Find a page, a site, a policy or an action';

// Loaded right after the first view, which doesn't need it.
const loading = import('./palette-content.tsx');
const PaletteContent = lazy(async () => ({ default: (await loading).PaletteContent }));

/** The command palette and its button; Ctrl-K or ⌘K opens it on every page. */
export function Palette() {
  const [open, setOpen] = useState(false);
  const [text, setText] = useState('');
  // Registered with the frame, so that keys work as soon as the frame is visible.
  useLayoutEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key.toLowerCase() !== 'k' || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      setText('');
      setOpen(now => !now);
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);
  const show = (): void => {
    setText('');
    setOpen(true);
  };
  return (
    <>
      <Button onPress={show}>
        <Search size={16} aria-hidden />
        <span className="wide-only">Find</span>
        <kbd className="wide-only">Ctrl K</kbd>
      </Button>
      <ModalOverlay isOpen={open} onOpenChange={setOpen} isDismissable className="overlay overlay-top">
        <Modal className="dialog palette">
          <Dialog aria-label="Find">
            <Suspense fallback={<EarlyField text={text} onType={setText} />}>
              <PaletteContent label={LABEL} text={text} onType={setText} onClose={() => setOpen(false)} />
            </Suspense>
          </Dialog>
        </Modal>
      </ModalOverlay>
    </>
  );
}

/** Accepts typing before the rest is loaded. */
function EarlyField({ text, onType }: { text: string; onType(text: string): void }) {
  return (
    <div className="field">
      <input
        ref={input => input?.focus()}
        aria-label={LABEL}
        placeholder={LABEL}
        value={text}
        onChange={({ target }) => onType(target.value)}
      />
    </div>
  );
}
