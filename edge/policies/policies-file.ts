import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { DEFAULT_POLICY_ID } from '../../core/policy/policy.ts';
import { policyMatchSchema, policyRuleSchema } from '../../core/policy/policy-schema.ts';
import { EdgeError } from '../edge-error.ts';
import { type JsonDocument, JsonSyntaxError, parseJsonDocument } from './json-document.ts';
import { type PolicySet, UNVERSIONED } from './policy-set.ts';

const ruleSchema = z.strictObject(policyRuleSchema.shape);
const listSchema = z.array(ruleSchema, { error: 'must be a list of policies' });
const fileSchema = z.strictObject(
  { policies: listSchema, version: z.string({ error: 'must be text' }).default(UNVERSIONED) },
  { error: 'must be a list of policies' },
);

/**
 * Reads policies from a file: a JSON list of `{"id", "name", "priority", "enabled", "match"}`, or
 * an object with that list under `policies` and perhaps its `version`. Only `id` and `priority` are
 * required; `default` is built in and can't be defined. Unknown keys are refused, because a
 * misspelt `match` would make a policy match everything.
 *
 * @throws EdgeError that lists all problems with their lines
 */
export async function readPoliciesFile(path: string, shownAs = path): Promise<PolicySet> {
  const document = parse(await read(path, shownAs), shownAs);
  const isList = Array.isArray(document.value);
  const result = isList
    ? listSchema.transform(policies => ({ policies, version: UNVERSIONED })).safeParse(document.value)
    : fileSchema.safeParse(document.value);
  const problems = [
    ...(result.success ? [] : result.error.issues.flatMap(problemsOf)),
    ...badIds(document.value, isList),
  ];
  if (!result.success || problems.length > 0) throw new EdgeError(describe(problems, document, shownAs));
  const { policies, version } = result.data;
  return { version, policies };
}

interface Problem {
  at: PropertyKey[];
  message: string;
}

async function read(path: string, shownAs: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new EdgeError(
      `The policies file ${shownAs} can't be read (${code}): give the path of a JSON file with --policies.`,
      { cause },
    );
  }
}

function parse(text: string, shownAs: string): JsonDocument {
  try {
    return parseJsonDocument(text);
  } catch (cause) {
    if (!(cause instanceof JsonSyntaxError)) throw cause;
    throw new EdgeError(`${shownAs}:${cause.line}: ${cause.message}.`, { cause });
  }
}

// Each misspelt rule is reported with its own line.
function problemsOf(issue: z.core.$ZodIssue): Problem[] {
  if (issue.code === 'invalid_type' && issue.expected === 'object' && issue.path.length > 0) {
    return [{ at: issue.path, message: 'must be an object' }];
  }
  if (issue.code !== 'unrecognized_keys') return [{ at: issue.path, message: issue.message }];
  const message = `is unknown; known keys are ${knownKeys(issue.path).join(', ')}`;
  return issue.keys.map(key => ({ at: [...issue.path, key], message }));
}

function knownKeys(path: PropertyKey[]): string[] {
  if (path.length === 0) return Object.keys(fileSchema.shape);
  return Object.keys(path.at(-1) === 'match' ? policyMatchSchema.shape : ruleSchema.shape);
}

/**
 * Problems of ids that an earlier policy or the built-in policy already has. The value is not
 * validated yet.
 */
function badIds(value: unknown, isList: boolean): Problem[] {
  const policies: unknown = isList ? value : Object(value).policies;
  if (!Array.isArray(policies)) return [];
  const seen = new Set<string>();
  return policies.flatMap((policy, index): Problem[] => {
    const { id } = Object(policy);
    if (typeof id !== 'string') return [];
    const at = [...(isList ? [] : ['policies']), index, 'id'];
    if (id === DEFAULT_POLICY_ID) {
      return [
        {
          at,
          message: `is "${id}": that policy is built in, matches only what no other policy matches, and can't be defined`,
        },
      ];
    }
    if (seen.has(id)) return [{ at, message: `is "${id}", which an earlier policy already has` }];
    seen.add(id);
    return [];
  });
}

function describe(problems: Problem[], { lineOf }: JsonDocument, shownAs: string): string {
  return problems
    .map(({ at, message }) => ({ line: lineOf(at), text: `${nameOf(at)} ${message}`.trim() }))
    .sort((a, b) => a.line - b.line)
    .map(({ line, text }) => `${shownAs}:${line}: ${text}.`)
    .join('\n');
}

function nameOf(path: PropertyKey[]): string {
  if (path.length === 0) return 'the file';
  const named = typeof path[0] === 'number' ? ['policies', ...path] : path;
  return named
    .map((part, i) => (typeof part === 'number' ? `[${part}]` : `${i ? '.' : ''}${String(part)}`))
    .join('');
}
