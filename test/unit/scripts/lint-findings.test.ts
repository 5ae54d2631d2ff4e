import { describe, expect, it } from 'vitest';
import { judgeFindings, type LintFinding } from '../../../scripts/templates/lint-findings.ts';

const finding = (
  Id: string,
  Message: string,
  Path: string[] | null = ['Resources', 'Queue'],
): LintFinding => ({
  Filename: 'default/PatronusData.template.json',
  Message,
  Location: { Path, Start: { LineNumber: 7 } },
  Rule: { Id },
});

const exceptions = [{ rule: 'W3005', message: /^'Role' is/, reason: 'The CDK does so.' }];

describe('findings of cfn-lint', () => {
  it('are accepted if an exception names them', () => {
    const { problems, accepted } = judgeFindings([finding('W3005', "'Role' is named twice")], exceptions);
    expect(problems).toEqual([]);
    expect([...accepted.values()]).toEqual([1]);
  });

  it('with another rule or another message are problems', () => {
    const { problems } = judgeFindings(
      [
        finding('W3005', "'Role' is named twice"),
        finding('W3005', "'Table' is named twice"),
        finding('E3012', "'Role' is no number", null),
      ],
      exceptions,
    );
    expect(problems).toEqual([
      "default/PatronusData.template.json, Resources/Queue: W3005 'Table' is named twice",
      "default/PatronusData.template.json, line 7: E3012 'Role' is no number",
    ]);
  });

  it('reports an unused exception as a problem', () => {
    expect(judgeFindings([], exceptions).problems).toEqual([
      'The exception for W3005 is no longer needed: The CDK does so.',
    ]);
  });
});
