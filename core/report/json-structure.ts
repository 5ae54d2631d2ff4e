import { ReportRejected } from './rejection.ts';
import { REPORT_LIMITS } from './report.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const COMMA = 0x2c;
const OPEN_ARRAY = 0x5b;
const OPEN_OBJECT = 0x7b;
const CLOSE_ARRAY = 0x5d;
const CLOSE_OBJECT = 0x7d;

/** Names of fields are distinguished by this many bits of their hash: enough for a few hundred. */
const HASH_BITS = 14;
const HASH_MASK = (1 << HASH_BITS) - 1;

/** Different in each process, so that an attacker can't choose names with the same hash. */
const SEED = Math.floor(Math.random() * 2 ** 32);

/**
 * Checks JSON without parsing it: one pass over its bytes that allocates no objects. A parser needs
 * ten times as long for thousands of objects of different shapes as for a report of the same size.
 *
 * @throws ReportRejected when it is nested deeper, or has more values or different names, than a
 * report can
 */
export function checkStructure(json: Uint8Array): void {
  const names = new Uint8Array(1 << HASH_BITS);
  let distinctNames = 0;
  let depth = 0;
  let containers = 0;
  let commas = 0;
  let hash = 0;
  for (let i = 0; i < json.length; i++) {
    switch (json[i]) {
      case QUOTE:
        hash = SEED;
        for (i++; i < json.length && json[i] !== QUOTE; i++) {
          if (json[i] === BACKSLASH) i++;
          hash = Math.imul(hash ^ json[i]!, 0x01000193);
        }
        break;
      case COLON: {
        const place = (hash ^ (hash >>> HASH_BITS)) & HASH_MASK;
        if (names[place] === 1) break;
        names[place] = 1;
        if (++distinctNames > REPORT_LIMITS.maxNames)
          throw tooComplex(`${REPORT_LIMITS.maxNames} different names of fields`);
        break;
      }
      case COMMA:
        if (++commas > REPORT_LIMITS.maxCommas) throw tooComplex(`${REPORT_LIMITS.maxCommas} values`);
        break;
      case OPEN_ARRAY:
      case OPEN_OBJECT:
        if (++depth > REPORT_LIMITS.maxDepth) throw new ReportRejected('too_deep');
        if (++containers > REPORT_LIMITS.maxContainers) {
          throw tooComplex(`${REPORT_LIMITS.maxContainers} arrays and objects`);
        }
        break;
      case CLOSE_ARRAY:
      case CLOSE_OBJECT:
        depth--;
    }
  }
}

function tooComplex(limit: string): ReportRejected {
  return new ReportRejected('too_complex', `it has more than ${limit}`);
}
