import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { InvalidArgumentError } from 'commander';
import { EDGE_ID_RULE, isEdgeId } from '../../core/access/edge-identity.ts';
import { REPORT_LIMITS } from '../../core/report/report.ts';

const ID = /^[A-Za-z0-9._:-]+$/;

/** The id of an edge. */
export function edgeIdValue(text: string): string {
  if (isEdgeId(text)) return text;
  throw new InvalidArgumentError(
    `It must be ${EDGE_ID_RULE}: the edge signs with a role whose session name is its id.`,
  );
}

/** An endpoint or boot id. */
export function idValue(text: string): string {
  if (ID.test(text) && text.length <= REPORT_LIMITS.maxIdLength) return text;
  throw new InvalidArgumentError(
    `It must be 1 to ${REPORT_LIMITS.maxIdLength} letters, digits, dots, dashes, underscores or colons.`,
  );
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** A site id. */
export function uuidValue(text: string): string {
  if (UUID.test(text)) return text.toLowerCase();
  throw new InvalidArgumentError('It must be a UUID such as 550e8400-e29b-41d4-a716-446655440000.');
}

/** A number above 0, such as seconds; at most a day's worth. */
export function positiveValue(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value > 0 && value <= 86_400) return value;
  throw new InvalidArgumentError('It must be a number above 0 and up to 86400.');
}

/** A whole number within bounds. */
export function wholeValue(min: number, max: number): (text: string) => number {
  return text => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= min && value <= max) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`);
  };
}

/** An http or https address. */
export function urlValue(text: string): string {
  if (/^https?:$/.test(URL.parse(text)?.protocol ?? '')) return text;
  throw new InvalidArgumentError('It must be an address such as https://example.com/graphql.');
}

/**
 * A path as the user wrote it, relative to the user's folder: npm itself changes into the project.
 */
export function userPath(path: string): string {
  return resolve(process.env.INIT_CWD ?? process.cwd(), path);
}

/** This machine's name as an edge id. */
export function hostEdgeId(name = hostname()): string {
  const id = name.replace(/[^A-Za-z0-9_+=,.@-]+/g, '-').slice(0, 64);
  return isEdgeId(id) ? id : `edge${id && `-${id}`}`;
}
