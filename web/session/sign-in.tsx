import { type FormEvent, useState } from 'react';
import { Dialog, Form, Heading, Modal, ModalOverlay } from 'react-aria-components';
import { Button } from '../parts/button.tsx';
import { Notice } from '../parts/notice.tsx';
import { TextField } from '../parts/text-field.tsx';
import { beginSession, replacePassword, type SignInStep, signInProblem } from './begin-session.ts';
import './sign-in.css';

interface SignInProps {
  /** E-mail address of whose session is over; left out at the first sign-in. */
  over?: string;
  onSignedIn(): Promise<void>;
}

/** The sign-in as a page, or over the page on which a session ended. */
export function SignIn({ over, onSignedIn }: SignInProps) {
  if (over === undefined) {
    return (
      <main className="sign-in-page">
        <SignInForm onSignedIn={onSignedIn} />
      </main>
    );
  }
  return (
    <ModalOverlay isOpen isKeyboardDismissDisabled className="overlay">
      <Modal className="dialog">
        <Dialog aria-label="Sign in again">
          <SignInForm over={over} onSignedIn={onSignedIn} />
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

function SignInForm({ over, onSignedIn }: SignInProps) {
  const [step, setStep] = useState<SignInStep>('DONE');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();

  async function submit(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const text = (name: string): string => String(form.get(name) ?? '');
    setBusy(true);
    setProblem(undefined);
    try {
      if (step === 'NEW_PASSWORD') await replacePassword(text('new_password'));
      else {
        const next = await beginSession({ email: text('email'), password: text('password') });
        if (next === 'NEW_PASSWORD') return setStep(next);
      }
      await onSignedIn();
    } catch (cause) {
      setProblem(signInProblem(cause, step));
    } finally {
      setBusy(false);
    }
  }

  return (
    <Form className="sign-in" onSubmit={event => void submit(event)}>
      <Heading level={1} slot="title">
        {over === undefined ? 'Patronus' : 'Sign in again'}
      </Heading>
      <p className="muted">
        {over === undefined
          ? 'Traffic accounting and control for SD-WAN'
          : 'Your session is over. The page stays as it is.'}
      </p>
      {problem !== undefined && <Notice kind="bad">{problem}</Notice>}
      {step === 'DONE' ? (
        <>
          <TextField
            name="email"
            label="E-mail address"
            type="email"
            autoComplete="username"
            isRequired
            defaultValue={over ?? ''}
            autoFocus={over === undefined}
          />
          <TextField
            name="password"
            label="Password"
            type="password"
            autoComplete="current-password"
            isRequired
            autoFocus={over !== undefined}
          />
        </>
      ) : (
        <TextField
          name="new_password"
          label="New password"
          description="Your first password has to be replaced by one of your own."
          type="password"
          autoComplete="new-password"
          isRequired
          autoFocus
        />
      )}
      <Button type="submit" kind="primary" isPending={busy}>
        Sign in
      </Button>
    </Form>
  );
}
