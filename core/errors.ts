/**
 * What a program can switch on when an operation is refused or fails (contract, see
 * graphql/schema.graphql).
 */
export type ErrorType =
  | 'ValidationError'
  | 'NotFound'
  | 'Unauthorized'
  | 'Conflict'
  | 'Throttled'
  | 'Internal';

/**
 * Base of every planned error. `message` is written for the person who asked and says what to do
 * next; it never names a table, a key or a stack frame. Anything thrown that is not one of these is
 * masked as `Internal`.
 */
export abstract class PatronusError extends Error {
  abstract readonly errorType: ErrorType;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** An argument that breaks a rule, so that a form can say it beside its field. */
export interface WrongArgument {
  /** Its name; of a part of it with the way there, such as `match.protocol` or `site_ids.2`. */
  argument: string;
  /** The rule, a whole sentence. */
  message: string;
  /**
   * What is allowed, such as "a whole number from 1 to 100"; null where the rule names no values.
   */
  allowed: string | null;
}

/**
 * The input is malformed or out of range; nothing was changed. The message names the argument and
 * what is allowed.
 */
export class ValidationError extends PatronusError {
  readonly errorType = 'ValidationError';
  /** The arguments that are wrong, as far as the rules are about single arguments. */
  readonly fields: readonly WrongArgument[];

  /** @param options.arguments names of the arguments that the message is about */
  constructor(
    message: string,
    {
      arguments: names = [],
      fields,
      ...options
    }: ErrorOptions & { arguments?: readonly string[]; fields?: readonly WrongArgument[] } = {},
  ) {
    super(message, options);
    this.fields = fields ?? names.map(argument => wrongArgument(argument, message));
  }
}

/** A rule that an input breaks, as a schema reports it. */
export interface BrokenRule {
  /** The way to the value that breaks it; empty for the input as a whole. */
  path: readonly PropertyKey[];
  /** A whole sentence, or what follows the argument's name, such as "must be …". */
  message: string;
}

/** So many rules are named that an input breaks; the rest are counted. */
const MAX_RULES = 10;

/** So many wrong arguments are listed. */
const MAX_WRONG_ARGUMENTS = 50;

/**
 * An input that breaks `rules`: the message says each sentence once, at most ten of them; `fields`
 * has each argument once, with the first rule that it breaks.
 */
export function brokenRules(rules: readonly BrokenRule[]): ValidationError {
  const said = [...new Set(rules.map(sentence))];
  const more = said.length - MAX_RULES;
  const rest = more > 0 ? [`${more} more rules are broken.`] : [];
  const fields = new Map<string, WrongArgument>();
  for (const rule of rules) {
    const argument = nameOf(rule);
    if (argument === '' || fields.has(argument)) continue;
    fields.set(argument, wrongArgument(argument, sentence(rule)));
  }
  return new ValidationError([...said.slice(0, MAX_RULES), ...rest].join(' '), {
    fields: [...fields.values()].slice(0, MAX_WRONG_ARGUMENTS),
  });
}

const nameOf = ({ path }: BrokenRule): string => path.map(String).join('.');

function sentence(rule: BrokenRule): string {
  return rule.message.endsWith('.') ? rule.message : `${nameOf(rule)} ${rule.message}.`;
}

function wrongArgument(argument: string, message: string): WrongArgument {
  return { argument, message, allowed: allowedBy(message) };
}

/**
 * @example allowedBy('limit must be a whole number from 1 to 100.') // 'a whole number from 1 to 100'
 */
function allowedBy(rule: string): string | null {
  // What is in brackets belongs to what is allowed, colons included.
  return /\bmust (?:be|have) ((?:\([^)]*\)|[^:;])+?)(?:[:;]|\.?$)/.exec(rule)?.[1] ?? null;
}

/** Longest text of a caller's that a message repeats, characters. */
const MAX_QUOTED = 80;

/** A text of a caller's as messages quote it: in quotes, cut off behind 80 characters. */
export function quoted(text: string): string {
  return JSON.stringify(shortened(text));
}

/** The same without quotes. */
export function shortened(text: string): string {
  return text.length <= MAX_QUOTED ? text : `${text.slice(0, MAX_QUOTED - 1)}…`;
}

/** The thing that was named does not exist (any more). */
export class NotFound extends PatronusError {
  readonly errorType = 'NotFound';
}

/** No site has this id, or it isn't shown. */
export const noSite = (id: string): NotFound => noSuch('site', id, 'sites');

/** No path has this id, or it isn't shown. */
export const noPath = (id: string): NotFound =>
  new NotFound(`There is no path ${quoted(id)}: the query paths lists a site's paths.`);

/** No policy has this id. */
export const noPolicy = (id: string): NotFound => noSuch('policy', id, 'policies');

/** No edge of this id is in the inventory. */
export const noEdge = (id: string): NotFound =>
  new NotFound(`No edge ${quoted(id)} is registered: the query edges lists those that are.`);

/** A site has no such endpoint; without a site, no edge has counted anything for it. */
export const noEndpoint = (id: string, siteId?: string): NotFound =>
  new NotFound(
    siteId === undefined
      ? `No edge has counted anything for an endpoint ${quoted(id)}; with site_id it is looked up at that site.`
      : `Site ${quoted(siteId)} has no endpoint ${quoted(id)}: the query site lists those that it has.`,
  );

function noSuch(kind: string, id: string, query: string): NotFound {
  return new NotFound(`There is no ${kind} ${quoted(id)}: the query ${query} lists those that there are.`);
}

/** The caller is known but may not do this; the message names the group that may. */
export class Unauthorized extends PatronusError {
  readonly errorType = 'Unauthorized';
}

/** Somebody else changed the same thing first; asking again may succeed. */
export class Conflict extends PatronusError {
  readonly errorType = 'Conflict';
}

/**
 * Too much is asked for at once: of the database for longer than the function may wait, or by one
 * caller. Asking again later will succeed.
 */
export class Throttled extends PatronusError {
  readonly errorType = 'Throttled';
  /** In how many seconds to ask again, where that is known. */
  readonly retry_after_s: number | undefined;

  constructor(
    message: string,
    { retry_after_s, ...options }: ErrorOptions & { retry_after_s?: number } = {},
  ) {
    super(message, options);
    this.retry_after_s = retry_after_s;
  }
}
