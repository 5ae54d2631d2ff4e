// `npm run lint:templates`: cfn-lint over the templates of every kind of deployment.
import { exitCodeOf } from '../edge/cli/exit-code.ts';
import { ToolMissing } from './python/python-tool.ts';
import { lintTemplates } from './templates/lint-program.ts';

try {
  console.log(await lintTemplates());
} catch (cause) {
  if (cause instanceof ToolMissing) console.log(`skipped: ${cause.message}`);
  else process.exitCode = exitCodeOf(cause);
}
