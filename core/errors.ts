/**
 * The type of an error, for programs (contract, see graphql/schema.graphql).
 */
export type ErrorType =
  | 'ValidationError'
  | 'NotFound'
  | 'Unauthorized'
  | 'Conflict'
  | 'Throttled'
  | 'Internal';

/**
 * Base of every planned error. `message` is for the person who made the request: it says what to do
 * next, and names no table, key or stack frame. Any other error is masked as `Internal`.
 */
export abstract class PatronusError extends Error {
  abstract readonly errorType: ErrorType;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** An argument that breaks a rule, so that a form can show the rule next to its field. */
export interface WrongArgument {
  /** The argument's name, or the path to a part of it, such as `match.protocol` or `site_ids.2`. */
  argument: string;
  /** The rule, a whole sentence. */
  message: string;
  /**
   * The allowed values, such as "a whole number from 1 to 100"; null if the rule names none.
   */
  allowed: string | null;
}

/**
 * The input is malformed or out of range; nothing was changed. The message names the argument and
 * what is allowed.
 */
export class ValidationError extends PatronusError {
  readonly errorType = 'ValidationError';
  /** The wrong arguments. Empty if the rule isn't about a single argument. */
  readonly fields: readonly WrongArgument[];

  /** @param options.arguments the names of the wrong arguments */
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

/** A rule that an input breaks, in the form of a schema's issue. */
export interface BrokenRule {
  /** Path to the value that breaks it; empty for the whole input. */
  path: readonly PropertyKey[];
  /** A whole sentence, or the part after the argument's name, such as "must be …". */
  message: string;
}

/** How many broken rules a message names; it counts the others. */
const MAX_RULES = 10;

/** How many wrong arguments an error lists. */
const MAX_WRONG_ARGUMENTS = 50;

/**
 * The error for an input that breaks `rules`. The message has each sentence once, up to ten of
 * them. `fields` has each argument once, with one rule that it breaks.
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
 * @example allowedBy('limit must be a whole number from 1 to 100.') // 'a whole number from 1 to
 * 100'
 */
function allowedBy(rule: string): string | null {
  // Text in brackets is part of the allowed values, colons included.
  return /\bmust (?:be|have) ((?:\([^)]*\)|[^:;])+?)(?:[:;]|\.?$)/.exec(rule)?.[1] ?? null;
}

/** Longest text of a caller that a message repeats, characters. */
const MAX_QUOTED = 80;

/** A caller's text for a message: in quotes, and at most 80 characters long. */
export function quoted(text: string): string {
  return JSON.stringify(shortened(text));
}

/** The same without quotes. */
export function shortened(text: string): string {
  return text.length <= MAX_QUOTED ? text : `${text.slice(0, MAX_QUOTED - 1)}…`;
}

/** What the request names does not exist, or no longer exists. */
export class NotFound extends PatronusError {
  readonly errorType = 'NotFound';
}

/** The error when no site has this id, or it isn't shown. */
export const noSite = (id: string): NotFound => noSuch('site', id, 'sites');

/** The error when no path has this id, or it isn't shown. */
export const noPath = (id: string): NotFound =>
  new NotFound(`There is no path ${quoted(id)}: the query paths lists a site's paths.`);

/** The error when no policy has this id. */
export const noPolicy = (id: string): NotFound => noSuch('policy', id, 'policies');

/** The error when no edge in the inventory has this id. */
export const noEdge = (id: string): NotFound =>
  new NotFound(`No edge ${quoted(id)} is registered: the query edges lists those that are.`);

/** The error when a site has no such endpoint or, without a site, no edge has counted for it. */
export const noEndpoint = (id: string, siteId?: string): NotFound =>
  new NotFound(
    siteId === undefined
      ? `No edge has counted anything for an endpoint ${quoted(id)}; with site_id it is looked up at that site.`
      : `Site ${quoted(siteId)} has no endpoint ${quoted(id)}: the query site lists its endpoints.`,
  );

function noSuch(kind: string, id: string, query: string): NotFound {
  return new NotFound(`There is no ${kind} ${quoted(id)}: the query ${query} lists those that exist.`);
}

/** The caller is known but is not allowed to do this. The message names the group that is. */
export class Unauthorized extends PatronusError {
  readonly errorType = 'Unauthorized';
}

/** Another request changed the same data before. A repetition may succeed. */
export class Conflict extends PatronusError {
  readonly errorType = 'Conflict';
}

/**
 * Too many requests at once: the database is busy for longer than the function may wait, or one
 * caller exceeds a limit. A repetition succeeds later.
 */
export class Throttled extends PatronusError {
  readonly errorType = 'Throttled';
  /** After how many seconds to repeat, if that is known. */
  readonly retry_after_s: number | undefined;

  constructor(
    message: string,
    { retry_after_s, ...options }: ErrorOptions & { retry_after_s?: number } = {},
  ) {
    super(message, options);
    this.retry_after_s = retry_after_s;
  }
}
