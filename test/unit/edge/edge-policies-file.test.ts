import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EdgeError } from '../../../edge/edge-error.ts';
import { parseJsonDocument } from '../../../edge/policies/json-document.ts';
import { readPoliciesFile } from '../../../edge/policies/policies-file.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'patronus-policies-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function read(text: string) {
  const path = join(folder, 'policies.json');
  await writeFile(path, text);
  return readPoliciesFile(path, 'policies.json');
}

describe('a policies file', () => {
  it('is a list of policies, enabled and without match rules by default', async () => {
    expect(
      await read(
        '[{"id": "7", "priority": 10}, {"id": "8", "name": "off", "priority": 0, "enabled": false}]',
      ),
    ).toEqual({
      version: '0',
      policies: [
        { id: '7', name: '', priority: 10, enabled: true, match: {} },
        { id: '8', name: 'off', priority: 0, enabled: false, match: {} },
      ],
    });
  });

  it('may be an object with policies and their version, as the system returns it', async () => {
    const text = JSON.stringify({
      version: '17',
      policies: [
        {
          id: '1',
          name: 'web',
          priority: 100,
          enabled: true,
          match: { protocol: 6, destination_port_from: 443 },
        },
      ],
    });
    expect(await read(text)).toEqual({
      version: '17',
      policies: [
        {
          id: '1',
          name: 'web',
          priority: 100,
          enabled: true,
          match: { protocol: 6, destination_port_from: 443 },
        },
      ],
    });
  });

  it.each<[string, string, string]>([
    ['an empty file', '', 'policies.json:1: a value was expected, but the file ends.'],
    ['no JSON', '\npolicies: []', 'policies.json:2: JSON was expected, but policies was found.'],
    [
      'a missing comma',
      '[\n  {"id": "1"\n   "priority": 1}\n]',
      'policies.json:3: "," or "}" was expected, but "priority" was found.',
    ],
    [
      'a trailing comma',
      '[\n  {"id": "1", "priority": 1},\n]',
      'policies.json:3: a value was expected, but ] was found.',
    ],
    ['a name without quotes', '[{id: "1"}]', 'policies.json:1: JSON was expected, but id was found.'],
    [
      'a list that does not end',
      '[\n{"id": "1", "priority": 1}\n',
      'policies.json:3: "," or "]" was expected, but the file ends.',
    ],
    [
      'something after the end',
      '[]\n[]',
      'policies.json:2: the end of the file was expected, but [ was found.',
    ],
    ['a number', '12', 'policies.json:1: the file must be a list of policies.'],
    ['a policy that is a number', '[\n7]', 'policies.json:2: policies[0] must be an object.'],
    [
      'match rules that are a list',
      '[{"id": "1", "priority": 1,\n"match": []}]',
      'policies.json:2: policies[0].match must be an object.',
    ],
    [
      'an object without policies',
      '{"version": "1"}',
      'policies.json:1: policies must be a list of policies.',
    ],
    [
      'a misspelt match, which would match everything',
      '[{"id": "1", "priority": 1,\n"mach": {"protocol": 6}}]',
      'policies.json:2: policies[0].mach is unknown; known keys are id, name, priority, enabled, match.',
    ],
    [
      'a key next to the policies',
      '{"policies": [],\n"versions": "1"}',
      'policies.json:2: versions is unknown; known keys are policies, version.',
    ],
    [
      'the built-in policy',
      '[\n{"id": "default", "priority": 1}]',
      'policies.json:2: policies[0].id is "default": that policy is built in, matches only what no other policy matches, and can\'t be defined.',
    ],
  ])('names the line and the expected value for %s', async (_, text, message) => {
    await expect(read(text)).rejects.toThrow(new EdgeError(message));
  });

  it('names every problem with its line', async () => {
    const text = `{
  "policies": [
    { "id": "1", "priority": 1001 },
    { "id": 2, "priority": 1,
      "match": { "source_cidr": "10.0.0.0/40",
                 "application": "Games",
                 "dest_port": 443,
                 "destination_port_from": 500,
                 "destination_port_to": 400 } },
    { "id": "1" },
    { "id": "", "priority": 1.5, "enabled": "yes" }
  ]
}`;
    await expect(read(text)).rejects.toThrow(
      new EdgeError(
        [
          'policies.json:3: policies[0].priority must be a whole number from 0 to 1000.',
          'policies.json:4: policies[1].id must be text.',
          'policies.json:5: policies[1].match.source_cidr must be an IPv4 or IPv6 network such as 10.0.0.0/8 or 2001:db8::/32.',
          'policies.json:6: policies[1].match.application must be one of VoIP, VideoConference, FileTransfer, Backup, Web, Email, Database, Other.',
          'policies.json:7: policies[1].match.dest_port is unknown; known keys are source_cidr, destination_cidr, source_port, destination_port_from, destination_port_to, protocol, application.',
          'policies.json:9: policies[1].match.destination_port_to must not be below destination_port_from.',
          'policies.json:10: policies[2].priority must be a whole number from 0 to 1000.',
          'policies.json:10: policies[2].id is "1", which an earlier policy already has.',
          'policies.json:11: policies[3].id must not be empty.',
          'policies.json:11: policies[3].priority must be a whole number from 0 to 1000.',
          'policies.json:11: policies[3].enabled must be true or false.',
        ].join('\n'),
      ),
    );
  });

  it('rejects two policies with one id', async () => {
    await expect(read('[{"id": "1", "priority": 1},\n {"id": "1", "priority": 2}]')).rejects.toThrow(
      new EdgeError('policies.json:2: policies[1].id is "1", which an earlier policy already has.'),
    );
  });

  it('that is missing is an error that names the option to use', async () => {
    await expect(readPoliciesFile(join(folder, 'none.json'), 'none.json')).rejects.toThrow(
      new EdgeError(
        "The policies file none.json can't be read (ENOENT): give the path of a JSON file with --policies.",
      ),
    );
  });
});

describe('a JSON parser with line numbers', () => {
  it.each(['\u007f', '\u0080', '\u009f', '\u2028'])('accepts %j in a string, as JSON does', character => {
    const text = JSON.stringify({ [character]: character });
    expect(parseJsonDocument(text).value).toEqual({ [character]: character });
  });

  it('reads any JSON like JSON.parse, in any layout', () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), fc.nat(4), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        expect(parseJsonDocument(text).value).toEqual(JSON.parse(text));
      }),
    );
  });

  it('fails if JSON.parse fails, always with a line', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...'{}[],:"a1.-e \n', 'true', '\\', '"a"')), parts => {
        const text = parts.join('');
        let valid = true;
        try {
          JSON.parse(text);
        } catch {
          valid = false;
        }
        if (valid) parseJsonDocument(text);
        else expect(() => parseJsonDocument(text)).toThrow(/expected/);
      }),
    );
  });
});
