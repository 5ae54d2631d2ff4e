/** The used fields of a finding of cfn-lint, from `--format json`. */
export interface LintFinding {
  Filename: string;
  Message: string;
  Location: { Path: (string | number)[] | null; Start: { LineNumber: number } };
  Rule: { Id: string };
}

/** A rule whose findings are accepted, and why. */
export interface LintException {
  rule: string;
  /** A finding's message; any part of it. */
  message: RegExp;
  reason: string;
}

/**
 * All other findings of cfn-lint fail the check: correct them in lib/, or give the reason for an
 * exception here.
 */
const LINT_EXCEPTIONS: LintException[] = [
  {
    rule: 'W3005',
    message:
      /^'\w+' dependency already enforced by a 'GetAtt' at 'Resources\/\w+\/Properties\/(Role|ServiceToken)'$/,
    reason:
      'The CDK makes a resource wait for a construct by naming all of its parts; one of them is also referenced.',
  },
  {
    rule: 'W6001',
    message: /^The output value .*'Fn::ImportValue': 'Patronus[\w-]*:ExportsOutputRef/,
    reason:
      'Names of tables are outputs of the stack whose commands take them, so that a person looks in one place.',
  },
];

export interface LintResult {
  /** Lines for a person about problems to correct. */
  problems: string[];
  /** The number of findings for each exception, by rule. */
  accepted: Map<LintException, number>;
}

/** Sorts findings by the exceptions. An unused exception is a problem too. */
export function judgeFindings(
  findings: readonly LintFinding[],
  exceptions: readonly LintException[] = LINT_EXCEPTIONS,
): LintResult {
  const accepted = new Map(exceptions.map(exception => [exception, 0]));
  const problems: string[] = [];
  for (const finding of findings) {
    const { Filename, Message, Rule } = finding;
    const exception = exceptions.find(({ rule, message }) => rule === Rule.Id && message.test(Message));
    if (exception) accepted.set(exception, accepted.get(exception)! + 1);
    else problems.push(`${Filename}, ${placeOf(finding)}: ${Rule.Id} ${Message}`);
  }
  for (const [{ rule, reason }, count] of accepted) {
    if (count === 0) problems.push(`The exception for ${rule} is no longer needed: ${reason}`);
  }
  return { problems, accepted };
}

function placeOf({ Location }: LintFinding): string {
  return Location.Path?.join('/') ?? `line ${Location.Start.LineNumber}`;
}
