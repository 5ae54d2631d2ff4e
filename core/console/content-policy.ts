import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** The content policy of each page, without `connect-src`, which depends on the API's address. */
export type ContentPolicies = Record<'console' | 'graphiql', string>;

/** Modules of React Aria that put a constant style element into the page. */
const STYLING_MODULES = ['interactions/usePress.mjs', 'overlays/usePreventScroll.mjs'];

export function contentPolicies(): ContentPolicies {
  const common = ["default-src 'none'", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"];
  return {
    console: [
      ...common,
      "script-src 'self'",
      `style-src 'self' ${styleHashes().join(' ')}`,
      "img-src 'self'",
      "font-src 'self'",
      "require-trusted-types-for 'script'",
      "trusted-types 'none'",
    ].join('; '),
    // The editor creates style elements while it runs, and starts its workers from blobs.
    graphiql: [
      ...common,
      "script-src 'self'",
      "style-src 'self' 'unsafe-inline'",
      "img-src 'self' data:",
      "font-src 'self' data:",
      "worker-src 'self' blob:",
    ].join('; '),
  };
}

/**
 * Hashes of React Aria's style elements, read from its sources, so that they follow its updates.
 */
function styleHashes(): string[] {
  const root = dirname(createRequire(import.meta.url).resolve('react-aria-components/package.json'));
  const library = dirname(createRequire(join(root, 'package.json')).resolve('react-aria/package.json'));
  return STYLING_MODULES.map(module => {
    const source = readFileSync(join(library, 'dist/private', module), 'utf8');
    const text = /style\.textContent = `([^`]*)`\.trim\(\)/.exec(source)?.[1];
    if (text === undefined) throw new Error(`React Aria's ${module} has no style element any more.`);
    const filled = text.replace(/\$\{[^}]*PRESSABLE_ATTRIBUTE\}/, () => pressableAttribute(source)).trim();
    return `'sha256-${createHash('sha256').update(filled).digest('base64')}'`;
  });
}

function pressableAttribute(source: string): string {
  const name = /PRESSABLE_ATTRIBUTE = '([^']+)'/.exec(source)?.[1];
  if (name === undefined) throw new Error("React Aria's usePress names no attribute any more.");
  return name;
}
