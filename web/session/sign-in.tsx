import { type FormEvent, Fragment, useState } from 'react';
import { Dialog, Form, Heading, Modal, ModalOverlay } from 'react-aria-components';
import { Button } from '../parts/button.tsx';
import { Notice } from '../parts/notice.tsx';
import { SignInFields, SUBMIT } from './sign-in-fields.tsx';
import { isOver, signInProblem } from './sign-in-problem.ts';
import { type SignInStep, type Typed, takeStep } from './sign-in-step.ts';
import './sign-in.css';

interface SignInProps {
  /** The e-mail address of the ended session; left out at the first sign-in. */
  over?: string;
  onSignedIn(): Promise<void>;
}

/** The sign-in as a page, or as a dialog over the page on which a session ended. */
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
  const [step, setStep] = useState<SignInStep>({ is: 'CREDENTIALS' });
  const [email, setEmail] = useState(over ?? '');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();

  function go(to: SignInStep): void {
    setProblem(undefined);
    setStep(to);
  }

  async function submit(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    const typed = Object.fromEntries(new FormData(event.currentTarget)) as Typed;
    if (typed.email !== undefined) setEmail(typed.email);
    setBusy(true);
    setProblem(undefined);
    try {
      const next = await takeStep(step, typed);
      if (next.is === 'DONE') await onSignedIn();
      else go(next);
    } catch (cause) {
      setProblem(signInProblem(cause, step));
      if (isOver(cause, step)) setStep({ is: 'CREDENTIALS' });
    } finally {
      setBusy(false);
    }
  }

  return (
    <Form className="sign-in" onSubmit={event => void submit(event)}>
      <Heading level={1} slot="title">
        {over === undefined ? 'Patronus' : 'Sign in again'}
      </Heading>
      <p className="muted sign-in-lead">
        {over === undefined
          ? 'Traffic accounting and control for SD-WAN'
          : 'Your session has ended. The page stays as it is.'}
      </p>
      {problem !== undefined && <Notice kind="bad">{problem}</Notice>}
      {/* Each step begins with empty fields, even if the last one had a field of the same name. */}
      <Fragment key={step.is}>
        <SignInFields step={step} email={email} />
      </Fragment>
      <Button type="submit" kind="primary" isPending={busy}>
        {SUBMIT[step.is]}
      </Button>
      {step.is === 'CREDENTIALS' ? (
        <Button kind="link" onPress={() => go({ is: 'FORGOTTEN' })}>
          Forgotten password?
        </Button>
      ) : (
        <Button kind="link" onPress={() => go({ is: 'CREDENTIALS' })}>
          Back to the sign-in
        </Button>
      )}
    </Form>
  );
}
