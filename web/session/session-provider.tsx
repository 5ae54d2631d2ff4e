import {
  createContext,
  lazy,
  type ReactNode,
  Suspense,
  use,
  useCallback,
  useEffect,
  useMemo,
  useState,
} from 'react';
import { currentPerson, endSession, type Person } from './session.ts';

const loadSignIn = () => import('./sign-in.tsx');

/** Lazy: a person with a session doesn't need the code of the sign-in. */
const SignIn = lazy(async () => ({ default: (await loadSignIn()).SignIn }));

interface Session {
  person: Person;
  signOut(): void;
}

const SessionContext = createContext<Session | undefined>(undefined);

/** The person who is signed in. @throws Error outside a SessionProvider */
export function useSession(): Session {
  const session = use(SessionContext);
  if (!session) throw new Error('There is no SessionProvider above.');
  return session;
}

type State = { is: 'starting' } | { is: 'out' } | { is: 'in'; person: Person; expired: boolean };

export interface SessionProviderProps {
  children: ReactNode;
  /** Receives a function to call when the session has ended. */
  onReady(expire: () => void): void;
  /**
   * Called after a new sign-in; if `samePerson` is false, data of the previous person must be
   * dropped.
   */
  onSignedIn(samePerson: boolean): void;
}

/**
 * Shows the sign-in until there is a session. When a session ends, the sign-in appears over the
 * page, which stays unchanged, so that people continue where they were after they sign in again.
 */
export function SessionProvider({ children, onReady, onSignedIn }: SessionProviderProps) {
  const [state, setState] = useState<State>({ is: 'starting' });

  useEffect(() => {
    onReady(() => setState(now => (now.is === 'in' ? { ...now, expired: true } : now)));
    void currentPerson().then(person =>
      setState(person ? { is: 'in', person, expired: false } : { is: 'out' }),
    );
  }, [onReady]);

  const begun = useCallback(async () => {
    const person = await currentPerson();
    if (!person) return setState({ is: 'out' });
    onSignedIn(state.is === 'in' && state.person.sub === person.sub);
    setState({ is: 'in', person, expired: false });
  }, [onSignedIn, state]);

  const signOut = useCallback(() => {
    void endSession().finally(() => setState({ is: 'out' }));
  }, []);

  const person = state.is === 'in' ? state.person : undefined;
  const session = useMemo(() => person && { person, signOut }, [person, signOut]);

  useEffect(() => {
    // Loaded in advance, so that it is available when the session ends, even if the connection is
    // down or a new release was deployed.
    if (person) void loadSignIn().catch(() => {});
  }, [person]);

  if (state.is === 'starting') return null;
  if (state.is === 'out') {
    return (
      <Suspense>
        <SignIn onSignedIn={begun} />
      </Suspense>
    );
  }
  return (
    <SessionContext value={session}>
      {children}
      <Suspense>{state.expired && <SignIn over={state.person.email} onSignedIn={begun} />}</Suspense>
    </SessionContext>
  );
}
