const HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n';

/** Elements by name: a text, or nested elements. */
export interface Element {
  [name: string]: string | Element;
}

/** A document with one root element; `elements` is a list if names repeat. */
export function xmlDocument(root: string, elements: Element | readonly Element[]): string {
  const inner = [elements].flat().map(written);
  return `${HEAD}<${root}>${inner.join('')}</${root}>`;
}

function written(element: Element): string {
  return Object.entries(element)
    .map(
      ([name, value]) => `<${name}>${typeof value === 'string' ? escaped(value) : written(value)}</${name}>`,
    )
    .join('');
}

/** The keys that DeleteObjects names; undefined for anything else. */
export function readKeys(text: string): { keys: string[]; quiet: boolean } | undefined {
  const objects = contents(text, 'Object').map(object => contents(object, 'Key')[0]);
  if (objects.some(key => key === undefined)) return undefined;
  return { keys: objects.map(key => unescaped(key!)), quiet: /<Quiet>true<\/Quiet>/.test(text) };
}

/** The parts that CompleteMultipartUpload names, in their order; undefined for anything else. */
export function readParts(text: string): { number: number; etag: string }[] | undefined {
  const parts = contents(text, 'Part').map(part => ({
    number: Number(/^\d+$/.exec(contents(part, 'PartNumber')[0] ?? '')?.[0]),
    etag: unescaped(contents(part, 'ETag')[0] ?? '').replaceAll('"', ''),
  }));
  const whole = parts.length > 0 && parts.every(({ number, etag }) => number > 0 && etag !== '');
  return whole ? parts : undefined;
}

/**
 * The contents of the elements with a name, in order. Reads the text once, even if an element is
 * never closed.
 */
function contents(text: string, name: string): string[] {
  const [open, close] = [`<${name}>`, `</${name}>`];
  const found: string[] = [];
  for (let at = text.indexOf(open); at >= 0; at = text.indexOf(open, at)) {
    const end = text.indexOf(close, at);
    if (end < 0) break;
    found.push(text.slice(at + open.length, end));
    at = end + close.length;
  }
  return found;
}

const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, character => ESCAPES[character]!);
}

const CHARACTERS: Record<string, string> = { quot: '"', lt: '<', gt: '>', apos: "'", amp: '&' };

function unescaped(text: string): string {
  return text.replace(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi, (whole, hex, decimal, name) => {
    if (name !== undefined) return CHARACTERS[name] ?? whole;
    return String.fromCodePoint(hex === undefined ? Number(decimal) : Number.parseInt(hex, 16));
  });
}
