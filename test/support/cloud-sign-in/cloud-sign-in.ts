import { totpCode } from '../../../scripts/aws/totp.ts';
import { SrpExchange, type Verifier, verifierOf } from './srp-server.ts';

export interface CloudPerson {
  password: string;
  /** Whether the password is that of an invitation. */
  invited?: boolean;
  /** Key of the authenticator app; without it the person has no second factor. */
  secret?: string;
}

export interface CloudSignInOptions {
  /** Such as eu-central-1_abc; its second part counts in SRP. */
  pool_id: string;
  people: Record<string, CloudPerson>;
  mfa: 'OPTIONAL' | 'ON';
  /** The answer to a person who has signed in: Cognito's `AuthenticationResult`. */
  tokensOf(email: string): unknown;
  clock?: () => number;
}

interface Input {
  AuthFlow?: string;
  AuthParameters?: Record<string, string>;
  ChallengeName?: string;
  ChallengeResponses?: Record<string, string>;
  Session?: string;
  UserCode?: string;
}

interface Session {
  email: string;
  exchange?: SrpExchange;
  /** A key during set-up, and whether a code for it was right. */
  pending?: { secret: string; isVerified: boolean };
}

/** Cognito refuses. */
class Refused extends Error {
  override readonly name: string;

  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}

const NEW_SECRET = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP';

/**
 * The sign-in of Cognito in the cloud, with the parts that cognito-local lacks: SRP, and a second
 * factor that must be set up before there are tokens. It refuses every other flow, so a successful
 * sign-in never sends a password.
 */
export class CloudSignIn {
  /** Everything that clients sent, for example to search it for a password. */
  readonly received: string[] = [];
  readonly #options: CloudSignInOptions;
  readonly #verifiers = new Map<string, Verifier>();
  readonly #people: Map<string, CloudPerson>;
  readonly #sessions = new Map<string, Session>();

  constructor(options: CloudSignInOptions) {
    this.#options = options;
    this.#people = new Map(Object.entries(options.people));
    for (const [email, { password }] of this.#people) this.#setPassword(email, password);
  }

  /** Answers a request to `https://cognito-idp.<region>.amazonaws.com/`. */
  answer(target: string, body: string): { status: number; body: string } {
    this.received.push(body);
    try {
      const answer = this.#run(target.split('.').at(-1)!, JSON.parse(body));
      return { status: 200, body: JSON.stringify(answer) };
    } catch (cause) {
      if (!(cause instanceof Refused)) throw cause;
      return { status: 400, body: JSON.stringify({ __type: cause.name, message: cause.message }) };
    }
  }

  #run(operation: string, input: Input): unknown {
    if (operation === 'InitiateAuth') return this.#initiate(input);
    if (operation === 'AssociateSoftwareToken') return this.#associate(input);
    if (operation === 'VerifySoftwareToken') return this.#verify(input);
    if (operation === 'RespondToAuthChallenge') return this.#respond(input);
    throw new Refused('InvalidParameterException', `This sign-in has no ${operation}.`);
  }

  #initiate({ AuthFlow, AuthParameters: { USERNAME = '', SRP_A = '' } = {} }: Input): unknown {
    if (AuthFlow !== 'USER_SRP_AUTH') {
      throw new Refused('InvalidParameterException', `${AuthFlow} flow not enabled for this client`);
    }
    const verifier = this.#verifiers.get(USERNAME);
    if (!verifier) throw new Refused('NotAuthorizedException', 'Incorrect username or password.');
    const exchange = new SrpExchange(verifier, SRP_A);
    return this.#challenge(
      'PASSWORD_VERIFIER',
      { email: USERNAME, exchange },
      {
        ...exchange.public,
        SECRET_BLOCK: exchange.secret_block,
        USERNAME,
        USER_ID_FOR_SRP: USERNAME,
      },
    );
  }

  #respond({ ChallengeName, ChallengeResponses = {}, Session: id = '' }: Input): unknown {
    const session =
      ChallengeName === 'PASSWORD_VERIFIER' ? this.#proving(ChallengeResponses) : this.#take(id);
    const person = this.#people.get(session.email)!;
    if (ChallengeName === 'PASSWORD_VERIFIER') {
      if (person.invited) return this.#challenge('NEW_PASSWORD_REQUIRED', session, FIRST_PASSWORD);
    } else if (ChallengeName === 'NEW_PASSWORD_REQUIRED') {
      this.#setPassword(session.email, ChallengeResponses.NEW_PASSWORD ?? '');
      person.invited = false;
    } else if (ChallengeName === 'SOFTWARE_TOKEN_MFA') {
      this.#checkCode(
        person.secret!,
        ChallengeResponses.SOFTWARE_TOKEN_MFA_CODE,
        'CodeMismatchException',
        id,
        session,
      );
      return this.#tokens(session);
    } else if (ChallengeName === 'MFA_SETUP' && session.pending?.isVerified) {
      person.secret = session.pending.secret;
      return this.#tokens(session);
    } else {
      throw new Refused('NotAuthorizedException', 'Invalid session for the user.');
    }
    return this.#secondFactor(session, person);
  }

  #secondFactor(session: Session, { secret }: CloudPerson): unknown {
    if (secret !== undefined) return this.#challenge('SOFTWARE_TOKEN_MFA', session, {});
    if (this.#options.mfa === 'OPTIONAL') return this.#tokens(session);
    return this.#challenge('MFA_SETUP', session, { MFAS_CAN_SETUP: '["SOFTWARE_TOKEN_MFA"]' });
  }

  #associate({ Session: id = '' }: Input): unknown {
    const pending = { secret: NEW_SECRET, isVerified: false };
    return { SecretCode: NEW_SECRET, Session: this.#keep({ ...this.#take(id), pending }) };
  }

  #verify({ Session: id = '', UserCode }: Input): unknown {
    const session = this.#take(id);
    const pending = session.pending!;
    this.#checkCode(pending.secret, UserCode, 'EnableSoftwareTokenMFAException', id, session);
    return {
      Status: 'SUCCESS',
      Session: this.#keep({ ...session, pending: { ...pending, isVerified: true } }),
    };
  }

  /** A wrong code keeps the session, for another attempt. */
  #checkCode(secret: string, code: string | undefined, refusal: string, id: string, session: Session): void {
    const { clock = Date.now } = this.#options;
    const near = [-30_000, 0, 30_000].map(off => totpCode(secret, clock() + off));
    if (code !== undefined && near.includes(code)) return;
    this.#sessions.set(id, session);
    throw new Refused(refusal, 'Code mismatch');
  }

  #proving(responses: Record<string, string>): Session {
    const session = [...this.#sessions.values()].find(
      ({ exchange }) => exchange?.secret_block === responses.PASSWORD_CLAIM_SECRET_BLOCK,
    );
    const proof = {
      timestamp: responses.TIMESTAMP ?? '',
      signature: responses.PASSWORD_CLAIM_SIGNATURE ?? '',
    };
    if (!session?.exchange?.proves(this.#who(session.email), proof)) {
      throw new Refused('NotAuthorizedException', 'Incorrect username or password.');
    }
    return session;
  }

  #tokens({ email }: Session): unknown {
    return { AuthenticationResult: this.#options.tokensOf(email), ChallengeParameters: {} };
  }

  #challenge(ChallengeName: string, session: Session, ChallengeParameters: object): unknown {
    return { ChallengeName, ChallengeParameters, Session: this.#keep(session) };
  }

  #keep(session: Session): string {
    const id = `session-${this.received.length}`;
    this.#sessions.set(id, session);
    return id;
  }

  #take(id: string): Session {
    const session = this.#sessions.get(id);
    if (!session)
      throw new Refused('NotAuthorizedException', 'Invalid session for the user, session is expired.');
    this.#sessions.delete(id);
    return session;
  }

  #setPassword(email: string, password: string): void {
    this.#verifiers.set(email, verifierOf(this.#who(email), password));
  }

  #who(email: string): string {
    return `${this.#options.pool_id.split('_')[1]}${email}`;
  }
}

const FIRST_PASSWORD = { requiredAttributes: '[]', userAttributes: '{}' };
