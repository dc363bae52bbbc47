import { checkConfiguration } from '#core/product/check.ts';
import { printJson, printProblem } from './output.ts';
import { configurationAt } from './source.ts';

/** `fieldwriter check`: what is wrong with a configuration. @returns 0 without errors, 1 with */
export async function check(source: string, options: { readonly json?: boolean }): Promise<number> {
  try {
    const diagnostics = checkConfiguration(await configurationAt(source));
    const errors = diagnostics.filter(({ severity }) => severity === 'error').length;
    const warnings = diagnostics.filter(({ severity }) => severity === 'warning').length;
    if (options.json) printJson(diagnostics);
    else {
      for (const { severity, file, line, column, message, code } of diagnostics)
        process.stdout.write(`${file}:${line}:${column} ${severity} ${message} [${code}]\n`);
      process.stdout.write(`${errors} error(s), ${warnings} warning(s)\n`);
    }
    return errors > 0 ? 1 : 0;
  } catch (error) {
    printProblem(error);
    return 1;
  }
}
