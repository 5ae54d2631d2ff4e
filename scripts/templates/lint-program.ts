import { execFile } from 'node:child_process';
import { globSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EdgeError } from '../../edge/edge-error.ts';
import { synthesizeInto } from '../../local/template/synthesize.ts';
import { pythonWith } from '../python/python-tool.ts';
import { judgeFindings, type LintFinding } from './lint-findings.ts';
import { VARIANTS } from './variants.ts';

/**
 * Synthesizes every variant and checks all templates with cfn-lint.
 * @returns a line for a person
 * @throws ToolMissing without cfn-lint; EdgeError with the problems to correct
 */
export async function lintTemplates(): Promise<string> {
  const python = await pythonWith('cfn-lint');
  const folder = mkdtempSync(join(tmpdir(), 'patronus-templates-'));
  try {
    for (const [name, context] of Object.entries(VARIANTS)) {
      await synthesizeInto(join(folder, name), { context: { ...context, 'aws:cdk:bundling-stacks': [] } });
    }
    const templates = globSync('*/*.template.json', { cwd: folder });
    const { problems, accepted } = judgeFindings(await cfnLint(python, folder, templates));
    if (problems.length > 0) throw new EdgeError(problems.join('\n'));
    const exceptions = [...accepted].map(([{ rule }, count]) => `${count} of ${rule}`).join(', ');
    return `${templates.length} templates of ${Object.keys(VARIANTS).length} deployments are clean; accepted: ${exceptions}.`;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Its script contains the path of the Python that installed it. */
const CFN_LINT = 'from cfnlint.runner import main; main()';

/**
 * Its exit code has the kinds of findings as bits (2 errors, 4 warnings, 8 information), and is 1
 * when cfn-lint itself failed.
 */
function cfnLint(python: string, cwd: string, templates: readonly string[]): Promise<LintFinding[]> {
  const args = ['-c', CFN_LINT, '--format', 'json', '--', ...templates];
  return new Promise((resolve, reject) =>
    execFile(python, args, { cwd, maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
      const code = error === null ? 0 : error.code;
      const failed = typeof code !== 'number' || code % 2 === 1;
      if (failed) reject(new EdgeError(`cfn-lint failed: ${stderr || stdout}`));
      else resolve(JSON.parse(stdout) as LintFinding[]);
    }),
  );
}
