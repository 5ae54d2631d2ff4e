import { APPLICATION_CLASSES } from '../../../core/policy/application-class.ts';
import { parseCidr } from '../../../core/policy/ip-address.ts';
import { IP_PROTOCOLS, protocolName } from '../../../core/policy/ip-protocol.ts';
import { parsePortRange } from '../../../core/policy/port-range.ts';
import type { FilterField, FilterLanguage, Names } from './language.ts';

const PROTOCOL_NAMES = Object.keys(IP_PROTOCOLS).map(name => name.toLowerCase());

const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;

const POLICY_ID = /^(?:\d+|default|p-[\da-z]+)$/;

/**
 * A field whose values have names. A value is written by its name if the name is unique, otherwise
 * by its id.
 */
function named(name: string, list: string, isId: (text: string) => boolean): FilterField {
  const found = (text: string, names: Names) => {
    const all = names[name] ?? [];
    const byId = all.filter(({ id }) => id === text);
    // A name that looks like an id could be mistaken for another object's id.
    return byId.length > 0 || isId(text) ? byId : all.filter(thing => sameName(thing.name, text));
  };
  return {
    name,
    list,
    what: `a ${name}, by its name or id`,
    read(text, names) {
      const [first, ...more] = found(text, names);
      if (more.length > 0) {
        return {
          problem: `${more.length + 1} objects of kind ${name} are named ${text}: write the id of one of them.`,
        };
      }
      if (first) return { value: first.id };
      return isId(text) ? { value: text } : { problem: `There is no ${name} named ${text}.` };
    },
    write(id, names) {
      const thing = names[name]?.find(each => each.id === id);
      const isItsOwn =
        thing && found(thing.name, names).length === 1 && found(thing.name, names)[0] === thing;
      return isItsOwn ? thing.name : String(id);
    },
    offers: names => (names[name] ?? []).map(thing => thing.name),
  };
}

function sameName(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

/** A field whose values have only an id. */
function byId(name: string, list: string): FilterField {
  return {
    name,
    list,
    what: `an ${name}, by its id`,
    read: text => (text.length <= 128 ? { value: text } : { problem: 'An id has at most 128 characters.' }),
    write: String,
    offers: names => (names[name] ?? []).map(({ id }) => id),
  };
}

/** The value of `@<group name>`; undefined if the text names no group. */
function groupOf(kind: string, text: string, names: Names): ReturnType<FilterField['read']> | undefined {
  if (!text.startsWith('@')) return undefined;
  const group = names[kind]?.find(({ name }) => sameName(name, text.slice(1)));
  return group
    ? { value: `@${group.name}` }
    : { problem: `There is no group of ${kind} named ${text.slice(1)}.` };
}

function groupsOf(kind: string, names: Names): string[] {
  return (names[kind] ?? []).map(({ name }) => `@${name}`);
}

function network(name: string, list: string, what: string): FilterField {
  return {
    name,
    list,
    what,
    read: (text, names) =>
      groupOf('networks', text, names) ??
      (parseCidr(text)
        ? { value: text }
        : {
            problem: `${text} is not an address or prefix: write one such as 10.1.0.0/16 or 2001:db8::/32.`,
          }),
    write: String,
    offers: names => groupsOf('networks', names),
  };
}

const PORT_FIELD: FilterField = {
  name: 'port',
  list: 'ports',
  what: 'a port at either end, or a range such as 8000-8100',
  read: (text, names) =>
    groupOf('ports', text, names) ??
    (parsePortRange(text)
      ? { value: text }
      : { problem: `${text} is not a port: write one from 0 to 65535, or a range such as 8000-8100.` }),
  write: String,
  offers: names => [...groupsOf('ports', names), '443', '80', '53', '22', '3389'],
};

const PROTOCOL_FIELD: FilterField = {
  name: 'protocol',
  list: 'protocols',
  what: 'an IP protocol',
  read(text) {
    const name = Object.keys(IP_PROTOCOLS).find(name => sameName(name, text));
    const number = name ? IP_PROTOCOLS[name]! : /^\d{1,3}$/.test(text) ? Number(text) : 256;
    return number <= 255
      ? { value: number }
      : {
          problem: `${text} is not an IP protocol: write a number from 0 to 255, ${PROTOCOL_NAMES.join(', ')}.`,
        };
  },
  write: value =>
    protocolName(Number(value))
      .toLowerCase()
      .replace(/^protocol /, ''),
  offers: () => PROTOCOL_NAMES,
};

const APPLICATION_FIELD: FilterField = {
  name: 'app',
  list: 'applications',
  what: 'a class of application',
  read(text) {
    const value = APPLICATION_CLASSES.find(name => sameName(name, text));
    return value
      ? { value }
      : { problem: `There is no application ${text}: write one of ${APPLICATION_CLASSES.join(', ')}.` };
  },
  write: value => String(value).toLowerCase(),
  offers: () => APPLICATION_CLASSES.map(name => name.toLowerCase()),
};

/**
 * The filter of flows: `site:berlin -app:web port:443,8443 src:10.0.0.0/8`. An address without a
 * field matches either end.
 */
export const FLOW_LANGUAGE: FilterLanguage = {
  fields: [
    named('site', 'site_ids', text => UUID.test(text)),
    named('policy', 'policy_ids', text => POLICY_ID.test(text)),
    APPLICATION_FIELD,
    network('address', 'addresses', 'an address or prefix at either end'),
    network('src', 'srcs', 'a source address or prefix'),
    network('dst', 'dsts', 'a destination address or prefix'),
    PORT_FIELD,
    PROTOCOL_FIELD,
    byId('edge', 'edge_ids'),
    byId('endpoint', 'endpoint_ids'),
  ],
  fieldOf: text => (parseCidr(text) ? 'address' : undefined),
};
