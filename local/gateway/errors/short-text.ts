import { WORK_LIMITS } from '../limits.ts';

/** Truncates a message to a client, because a hostile request can make it long. */
export function shortMessage(message: string): string {
  return cut(message, WORK_LIMITS.messageCharacters);
}

/** Truncates a value that a message quotes. */
export function shortQuote(text: string): string {
  return cut(text, WORK_LIMITS.quotedCharacters);
}

function cut(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most)}…`;
}
