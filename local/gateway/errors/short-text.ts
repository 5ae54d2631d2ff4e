import { WORK_LIMITS } from '../limits.ts';

/** A message that a client is told, cut where a hostile request made it long. */
export function shortMessage(message: string): string {
  return cut(message, WORK_LIMITS.messageCharacters);
}

/** A value that a message quotes. */
export function shortQuote(text: string): string {
  return cut(text, WORK_LIMITS.quotedCharacters);
}

function cut(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most)}…`;
}
