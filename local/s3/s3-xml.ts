const HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n';

type Elements = Readonly<Record<string, string>>;

/** A document of one element around flat ones. */
export function xmlDocument(root: string, elements: Elements): string {
  const inner = Object.entries(elements).map(([name, value]) => `<${name}>${escaped(value)}</${name}>`);
  return `${HEAD}<${root}>${inner.join('')}</${root}>`;
}

/** The parts that CompleteMultipartUpload names, in their order; undefined for anything else. */
export function readParts(text: string): { number: number; etag: string }[] | undefined {
  const parts = [...text.matchAll(/<Part>(.*?)<\/Part>/gs)].map(([, part = '']) => ({
    number: Number(/<PartNumber>(\d+)<\/PartNumber>/.exec(part)?.[1]),
    etag: unescaped(/<ETag>(.*?)<\/ETag>/.exec(part)?.[1] ?? '').replaceAll('"', ''),
  }));
  const whole = parts.length > 0 && parts.every(({ number, etag }) => number > 0 && etag !== '');
  return whole ? parts : undefined;
}

const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, character => ESCAPES[character]!);
}

function unescaped(text: string): string {
  return text.replaceAll('&quot;', '"').replaceAll('&#34;', '"').replaceAll('&amp;', '&');
}
