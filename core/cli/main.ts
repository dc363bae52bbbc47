import { enableCompileCache } from 'node:module';
import { Command, CommanderError } from 'commander';
import { printProblem } from './output.ts';

// Each command loads its own code: nobody waits for what another one needs.
enableCompileCache();

const program = new Command('fieldwriter')
  .description('Price, underwrite, document and issue insurance policies from product configurations, offline.')
  .exitOverride()
  .showHelpAfterError('(add --help for what is possible)')
  .configureHelp({ sortSubcommands: false });

// `| head` closes the pipe early: that is no error, and must not keep a command from cleaning up.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

/** Runs a command's action; its answer is the exit code. */
function run(action: Promise<number>): Promise<void> {
  return action.then((code) => {
    process.exitCode = code;
  });
}

program
  .command('quote')
  .description('Price, underwrite and document one request through finalize, in a store that is thrown away')
  .argument('<configuration>', 'folder or ZIP file')
  .argument('<request>', 'JSON file with {policyholder, policy}, or - for standard input')
  .option('--product <name>', 'product; default the one that the request names, or the only one')
  .option('--documents <folder>', 'make the documents and write them there')
  .option('--json', 'JSON on standard output (always the case)')
  .action((configuration, request, options) =>
    run(import('./quote.ts').then(({ quote }) => quote(configuration, request, options))),
  );

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
  else {
    printProblem(error);
    process.exitCode = 1;
  }
}
