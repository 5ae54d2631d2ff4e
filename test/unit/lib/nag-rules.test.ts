import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import { describe, expect, it } from 'vitest';
import { makeApp } from '../../../lib/patronus-app.ts';
import { VARIANTS } from '../../../scripts/templates/variants.ts';
import { NAG_EXCEPTIONS, type NagException } from '../../support/nag-exceptions.ts';

interface Finding {
  rule: string;
  /** Path of the construct, without its stack. */
  at: string;
  finding: string | undefined;
}

const findings = new Map(Object.entries(VARIANTS).map(([name, context]) => [name, findingsOf(context)]));

describe('the rules of cdk-nag', () => {
  it.each(Object.keys(VARIANTS))('find nothing in the stacks without an exception: %s', name => {
    const found = findings.get(name)!;
    expect(found.filter(each => !NAG_EXCEPTIONS.some(exception => covers(exception, each)))).toEqual([]);
  });

  it('find a case for every exception', () => {
    const all = [...findings.values()].flat();
    const needless = NAG_EXCEPTIONS.filter(exception => !all.some(each => covers(exception, each)));
    expect(needless).toEqual([]);
  });
});

function findingsOf(context: Record<string, string>): Finding[] {
  const { app } = makeApp({ 'aws:cdk:bundling-stacks': [], ...context });
  // Grants and alarms are complete once the app has been prepared.
  app.synth();
  return [new AwsSolutionsChecks(), new ServerlessChecks()].flatMap(pack =>
    pack.validateScope(app).violations.flatMap(({ ruleName, violatingResources }) =>
      violatingResources.map(({ constructPath }) => {
        const [, rule, finding] = /^([^[]+)(?:\[(.*)\])?$/.exec(ruleName)!;
        return { rule: rule!, finding, at: constructPath!.slice(constructPath!.indexOf('/') + 1) };
      }),
    ),
  );
}

function covers(exception: NagException, { rule, at, finding }: Finding): boolean {
  return (
    exception.rule === rule &&
    isWhole(exception.at, at) &&
    (exception.finding === undefined ? finding === undefined : isWhole(exception.finding, finding ?? ''))
  );
}

function isWhole(pattern: RegExp, text: string): boolean {
  return new RegExp(`^(?:${pattern.source})$`).test(text);
}
