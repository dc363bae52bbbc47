import { enableCompileCache } from 'node:module';
import path from 'node:path';
import { Argument, Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { ENGINE } from '#core/model/engine.ts';
import { cacheFolder } from './folders.ts';
import { printProblem } from './output.ts';

// Each command loads its own code: nobody waits for what another one needs. What was compiled is kept in the user's own folder:
// in the shared temporary one somebody else could have put it there.
enableCompileCache(path.join(cacheFolder(), 'compiled'));

const program = new Command('fieldwriter')
  .description('Price, underwrite, document and issue insurance policies from product configurations, offline.')
  .exitOverride()
  .version(ENGINE.replace(/^\S+ /, ''))
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

const CONFIGURATION = 'folder or ZIP file of a configuration, or a bare product folder';
const DATA = "data folder; default FIELDWRITER_DATA, or the system's place for application data";

program
  .command('check')
  .description('Say what is wrong with a configuration: errors, and warnings that never block')
  .argument('<configuration>', CONFIGURATION)
  .option('--json', 'diagnostics as JSON')
  .action((configuration, options) => run(import('./check.ts').then(({ check }) => check(configuration, options))));

program
  .command('sample')
  .description('Write valid random requests, one JSON {policyholder, policy} a line')
  .argument('<configuration>', CONFIGURATION)
  .option('--product <name>', 'product; default the only one')
  .option('--count <n>', 'how many', wholeNumber, 1)
  .option('--seed <seed>', 'the same seed gives the same requests', '1')
  .option('--json', 'JSON lines (always the case)')
  .action((configuration, options) => run(import('./sample.ts').then(({ sample }) => sample(configuration, options))));

program
  .command('quote')
  .description("Price, underwrite and document one request, or a policy's whole life, in a store that is thrown away")
  .argument('<configuration>', CONFIGURATION)
  .argument('<request>', 'JSON file with {policyholder, policy, transactions?}, or - for standard input')
  .option('--product <name>', 'product; default the one that the request names, or the only one')
  .option('--documents <folder>', 'make the documents and write them there')
  .option('--json', 'JSON (always the case)')
  .action((configuration, request, options) =>
    run(import('./quote.ts').then(({ quote }) => quote(configuration, request, options))),
  );

program
  .command('rate')
  .description(
    'Rate a whole book: one policy a line in, its price or what is wrong with it a line out, in the same order',
  )
  .argument('<configuration>', `${CONFIGURATION}; with --data also the number of a deployed version`)
  .argument(
    '<book>',
    'NDJSON of requests {key?, policyholder?, policy}, CSV with dotted headers, or in-force with --data',
  )
  .option('--product <name>', 'product; default the only one')
  .option('--workers <n>', 'plugin hosts; default one per core', wholeNumber)
  .option('--out <file>', 'write there; a run that was stopped goes on after its last whole line')
  .option('--against <configuration>', 'also by this configuration or version, beside it')
  .option('--map <file>', 'JSON {columns, constants}: what the columns of a foreign CSV mean')
  .option('--clock <time>', 'what is now: milliseconds or ISO 8601; default now')
  .option('--seed <seed>', 'seed of Math.random in scripts', '1')
  .option('--data <folder>', DATA)
  .option('--json', 'summary as JSON on standard error')
  .action((configuration, book, options) =>
    run(import('./rate.ts').then(({ rate }) => rate(configuration, book, options))),
  );

program
  .command('underwrite')
  .description(
    'Let the rules of a version decide on a whole book: a decision with its notes a line out, in the same order',
  )
  .argument('<configuration>', `${CONFIGURATION}; with --data also the number of a deployed version`)
  .argument('<book>', 'NDJSON or CSV file as for rate, in-force (with --data), or sample:<n>')
  .option('--product <name>', 'product; default the only one')
  .option('--workers <n>', 'plugin hosts; default one per core', wholeNumber)
  .option('--out <file>', 'write there')
  .option('--against <configuration>', 'also by this configuration or version, and which decisions differ')
  .option('--changed', 'with --against: only the risks whose decision differs')
  .option('--map <file>', 'JSON {columns, constants}: what the columns of a foreign CSV mean')
  .option('--clock <time>', 'what is now: milliseconds or ISO 8601; default now')
  .option('--seed <seed>', 'seed of Math.random in scripts', '1')
  .option('--data <folder>', DATA)
  .option('--json', 'summary as JSON on standard error')
  .action((configuration, book, options) =>
    run(import('./underwrite.ts').then(({ underwrite }) => underwrite(configuration, book, options))),
  );

program
  .command('plugin')
  .description('Run one plugin in the sandbox with a payload: result, log, lookups, time')
  .argument('<configuration>', CONFIGURATION)
  .argument('<product>', 'product whose policy.json names the plugin')
  .argument('<function>', 'e.g. getPerilRates')
  .argument('<payload>', 'JSON file, or - for standard input; a list is taken as the arguments')
  .option('--clock <time>', 'what Date says inside: milliseconds or ISO 8601; default now')
  .option('--seed <seed>', 'seed of Math.random inside; default a random one')
  .option('--json', 'JSON (always the case)')
  .action((configuration, product, name, payload, options) =>
    run(import('./plugin.ts').then(({ plugin }) => plugin(configuration, product, name, payload, options))),
  );

program
  .command('test')
  .description("Run the products' own cases and properties (tests/*.case.json, *.cases.csv, *.property.json)")
  .argument('<configuration>', CONFIGURATION)
  .option('--product <name>', 'only the cases of this product')
  .option('--cases <folder>', 'the tests of this folder instead')
  .option('--json', 'results as JSON')
  .action((configuration, options) => run(import('./test-cases.ts').then(({ test }) => test(configuration, options))));

program
  .command('impact')
  .description(
    'Show what a change does to a whole book: bands, winners and losers, by any field; as a report if wanted',
  )
  .argument('<before>', `${CONFIGURATION}, or the number of a version of --data`)
  .argument('<after>', 'the same, with the change')
  .argument('<book>', 'NDJSON or CSV file, in-force (with --data), or sample:<n>')
  .option('--product <name>', 'product; default the only one')
  .option('--by <field>', 'one-way by this field of the book, e.g. policy.region')
  .option('--and <field>', 'two-way, with --by')
  .option('--out <file>', 'report: .xlsx, .pdf or .json')
  .option('--title <text>', 'of the report')
  .option('--map <file>', 'JSON {columns, constants} for a CSV with other headers')
  .option('--taxes', 'with taxes')
  .option('--fees', 'with fees')
  .option('--cap <percent>', 'no risk rises by more', Number)
  .option('--floor <percent>', 'no risk falls by more', Number)
  .option('--clock <time>', 'the moment of both ratings: milliseconds or ISO 8601; default now')
  .option('--seed <seed>', 'of sampled risks, and of randomness in scripts', '1')
  .option('--data <folder>', DATA)
  .option('--json', 'the whole result as JSON')
  .action((before, after, book, options) =>
    run(import('./impact.ts').then(({ impact }) => impact(before, after, book, options))),
  );

program
  .command('second-opinion')
  .description('Rate sampled risks by two independent evaluators and say where they differ by a cent')
  .argument('<configuration>', CONFIGURATION)
  .option('--product <name>', 'only this product')
  .option('--count <n>', 'how many risks of each product', wholeNumber, 100)
  .option('--seed <seed>', 'the same seed gives the same risks', '1')
  .option('--json', 'opinions as JSON')
  .action((configuration, options) =>
    run(import('./second-opinion.ts').then(({ opinion }) => opinion(configuration, options))),
  );

program
  .command('experience')
  .description('Claims of a book by its fields (frequency, burning cost) beside what the rate plan asks')
  .argument('<configuration>', `${CONFIGURATION}, or the number of a version`)
  .argument('<book>', 'NDJSON or CSV file')
  .argument('<claims>', 'CSV, a claim a row')
  .requiredOption('--claim-key <columns>', 'columns whose values, joined by -, are the key of a policy')
  .requiredOption('--claim-amount <column>', 'column of the amount')
  .option('--product <name>', 'product; default the only one')
  .option('--map <file>', 'JSON {columns, constants} for a CSV with other headers')
  .option('--by <field...>', 'fields of the book; default all that have a few values')
  .option('--out <file>', '.html with charts, or .json')
  .option('--seed <seed>', 'of randomness in scripts', '1')
  .option('--json', 'as JSON')
  .action((configuration, book, claims, options) =>
    run(import('./experience.ts').then(({ experience }) => experience(configuration, book, claims, options))),
  );

program
  .command('serve')
  .description('Serve the workbench over HTTP on the loopback interface')
  .option('--data <folder>', DATA)
  .option('--configuration <source>', 'deploy this configuration first')
  .option('--port <n>', 'port; default a free one', portNumber)
  .option('--user <name>', 'who works here; otherwise the screen asks at the first start')
  .option('--json', 'print address and token as one line of JSON')
  .addOption(new Option('--shell', 'as the child of the desktop').hideHelp())
  .action(({ shell, ...options }) =>
    run(
      shell
        ? import('./shell.ts').then(({ serveShell }) => serveShell(options))
        : import('./serve.ts').then(({ serve }) => serve(options)),
    ),
  );

program
  .command('start')
  .description('Open the workbench: the desktop where Electron is installed, otherwise the browser')
  .option('--data <folder>', DATA)
  .option('--configuration <source>', 'deploy this configuration first')
  .option('--port <n>', 'port of the browser mode; default a free one', portNumber)
  .option('--user <name>', 'who works here; otherwise the screen asks at the first start')
  .action((options) => run(import('./start.ts').then(({ start }) => start(options))));

program
  .command('timeline')
  .description("Draw a policy's life: terms, transactions, segments and their premiums")
  .argument('<data>', 'data folder')
  .argument('<policy>', "the policy's locator or number")
  .option('--known <time>', 'as it was known at the end of that day, or at that instant: ISO 8601 or milliseconds')
  .option('--replaced', 'what was replaced too')
  .option('--json', 'as JSON')
  .action((data, policy, options) =>
    run(import('./timeline.ts').then(({ timeline }) => timeline(data, policy, options))),
  );

program
  .command('verify')
  .description("Prove that a data folder is sound: the journal's chain, records and files")
  .option('--data <folder>', DATA)
  .option('--json', 'report as JSON')
  .action((options) => run(import('./store-commands.ts').then(({ verify }) => verify(options))));

program
  .command('repair')
  .description(
    'Read the whole database of a data folder and repair it where it is damaged; tell how the last repair stands',
  )
  .option('--data <folder>', DATA)
  .option('--json', 'report as JSON')
  .action((options) => run(import('./repair.ts').then(({ repair }) => repair(options))));

program
  .command('backup')
  .description('Write an encrypted, verified copy of a data folder')
  .argument('<target>', 'folder that does not exist yet')
  .option('--data <folder>', DATA)
  .option('--json', 'result as JSON')
  .action((target, options) => run(import('./store-commands.ts').then(({ backup }) => backup(target, options))));

program
  .command('restore')
  .description('Make a data folder from a backup; never over one that is there')
  .argument('<backup>', 'folder of the backup')
  .option('--data <folder>', DATA)
  .option('--json', 'result as JSON')
  .action((source, options) => run(import('./store-commands.ts').then(({ restore }) => restore(source, options))));

const receipt = program
  .command('receipt')
  .description('Price receipts: what a price was made from, confirmed to the cent on any copy of Fieldwriter');

receipt
  .command('make')
  .description('Write the receipt of a price as canonical JSON')
  .argument('<of>', "a policy's locator or number, a quote or a transaction")
  .option('--data <folder>', DATA)
  .option('--out <file>', 'write it there instead of standard output')
  .action((of, options) => run(import('./receipt.ts').then(({ make }) => make(of, options))));

receipt
  .command('confirm')
  .description('Rate a receipt again: confirmed to the cent, or the first step that differs')
  .argument('<file>', 'the receipt, or - for standard input')
  .option('--data <folder>', DATA)
  .option('--configuration <source>', "rate it with this folder or ZIP instead of the store's own")
  .option('--json', 'result as JSON')
  .action((file, options) => run(import('./receipt.ts').then(({ confirm }) => confirm(file, options))));

receipt
  .command('compare')
  .description('Set published amounts beside the worksheet of a receipt and show the first that differs')
  .argument('<file>', 'the receipt, or - for standard input')
  .argument('<published>', 'JSON {source?, steps: [{step, amount}]}')
  .option('--json', 'result as JSON')
  .action((file, published, options) =>
    run(import('./receipt.ts').then(({ compare }) => compare(file, published, options))),
  );

const version = program.command('version').description('Versions of a product: history, differences, blame, releases');
const REF = 'number of a version, branch, tag or commit';

version
  .command('list')
  .description('Deployments, branches and tags, newest first')
  .argument('<product>')
  .option('--data <folder>', DATA)
  .option('--json', 'as JSON')
  .action((product, options) => run(import('./version.ts').then(({ list }) => list(product, options))));

version
  .command('diff')
  .description('What differs between two versions: tables in words, texts by line')
  .argument('<product>')
  .argument('<from>', REF)
  .argument('<to>', REF)
  .option('--data <folder>', DATA)
  .option('--json', 'as JSON')
  .action((product, from, to, options) =>
    run(import('./version.ts').then(({ diff }) => diff(product, from, to, options))),
  );

version
  .command('blame')
  .description('Which commit last set each line of a file, or each cell of a table')
  .argument('<product>')
  .argument('<path>', 'of the file in the configuration')
  .option('--ref <ref>', `${REF}; default main`)
  .option('--data <folder>', DATA)
  .option('--json', 'as JSON')
  .action((product, path, options) => run(import('./version.ts').then(({ blame }) => blame(product, path, options))));

version
  .command('tag')
  .description('Name a version as a release')
  .argument('<product>')
  .argument('<name>')
  .requiredOption('--message <text>', 'what the release is about')
  .option('--ref <ref>', `${REF}; default main`)
  .option('--data <folder>', DATA)
  .action((product, name, options) => run(import('./version.ts').then(({ tag }) => tag(product, name, options))));

version
  .command('revert')
  .description('Take a version back, as a new one; what came after it stays')
  .argument('<product>')
  .argument('<ref>', REF)
  .option('--data <folder>', DATA)
  .action((product, ref, options) => run(import('./version.ts').then(({ revert }) => revert(product, ref, options))));

const table = program.command('table').description('Rate tables: check, compare, merge, and to Excel and back');
const TABLE = 'CSV file; a <name>.schema.json beside it names its keys';
const tables = () => import('./table.ts');

table
  .command('check')
  .description('Keys that occur twice, gaps and overlaps of bands, values out of bounds or out of line')
  .argument('<file>', TABLE)
  .option('--json', 'findings as JSON')
  .action((file, options) => run(tables().then(({ checkTableFile }) => checkTableFile(file, options))));

table
  .command('diff')
  .description('What differs between two versions, by key and in words')
  .argument('<before>', TABLE)
  .argument('<after>', TABLE)
  .option('--json', 'words and cells as JSON')
  .action((before, after, options) =>
    run(tables().then(({ diffTableFiles }) => diffTableFiles(before, after, options))),
  );

table
  .command('merge')
  .description('Merge two versions by key; nothing is written while both changed the same cell')
  .argument('<base>', 'the version that both were made from')
  .argument('<ours>', TABLE)
  .argument('<theirs>', TABLE)
  .option('--out <file>', 'where to write; default <ours>')
  .option('--json', 'conflicts as JSON')
  .action((base, ours, theirs, options) =>
    run(tables().then(({ mergeTableFiles }) => mergeTableFiles(base, ours, theirs, options))),
  );

table
  .command('export')
  .description('Write a table as an Excel workbook that can be imported again')
  .argument('<file>', TABLE)
  .argument('<workbook>', 'the .xlsx to write')
  .action((file, workbook) => run(tables().then(({ exportTableFile }) => exportTableFile(file, workbook))));

table
  .command('import')
  .description(
    'Take the changes of an exported workbook over; every cell that is wrong is named, nothing is half-imported',
  )
  .argument('<workbook>', 'the .xlsx')
  .argument('<file>', 'the CSV that it was exported from')
  .option('--out <file>', 'where to write; default <file>')
  .option('--json', 'what changed as JSON')
  .action((workbook, file, options) =>
    run(tables().then(({ importTableFile }) => importTableFile(workbook, file, options))),
  );

const environment = program
  .command('environment')
  .description('Development, staging and production as separate data folders');

environment
  .command('list')
  .description('The environments beside a data folder, and how to open each')
  .option('--data <folder>', DATA)
  .option('--json', 'as JSON')
  .action((options) => run(import('./environment.ts').then(({ list }) => list(options))));

environment
  .command('clone')
  .description('Make an environment from another: its versions, and a sample of its book with personal data replaced')
  .argument('<kind>', 'development, staging or production')
  .argument('<folder>', 'data folder that does not exist yet')
  .option('--data <folder>', `where it comes from: ${DATA}`)
  .option('--policies <n>', 'how many policies', wholeNumber, 200)
  .option('--seed <seed>', 'the same seed gives the same sample and replacements; default a random one')
  .option('--name <name>', 'what it is called; default its kind')
  .option('--json', 'result as JSON')
  .action((kind, folder, options) => run(import('./environment.ts').then(({ clone }) => clone(kind, folder, options))));

environment
  .command('promote')
  .description('Show what a version would change in another environment; with --yes deploy it there')
  .argument('<product>')
  .argument('<target>', 'data folder of the other environment')
  .option('--data <folder>', `where it comes from: ${DATA}`)
  .option('--ref <ref>', REF, 'main')
  .option('--yes', 'deploy it, or let it wait for the second person')
  .option('--message <text>', 'what it is about')
  .option('--user <name>', 'who promotes')
  .option('--json', 'as JSON')
  .action((product, target, options) =>
    run(import('./environment.ts').then(({ promote }) => promote(product, target, options))),
  );

environment
  .command('approve')
  .description('Deploy what waits for a second person; without a name, list it')
  .argument('[promotion]')
  .option('--data <folder>', DATA)
  .option('--user <name>', 'who approves')
  .option('--json', 'as JSON')
  .action((promotion, options) => run(import('./environment.ts').then(({ approve }) => approve(promotion, options))));

environment
  .command('rule')
  .description('Whether promotions to an environment need a second person')
  .addOption(new Option('--second-person <answer>').choices(['yes', 'no']).makeOptionMandatory())
  .option('--data <folder>', DATA)
  .option('--user <name>', 'who says so')
  .action(({ secondPerson, ...options }) =>
    run(import('./environment.ts').then(({ rule }) => rule({ ...options, secondPerson: secondPerson === 'yes' }))),
  );

const key = program.command('key').description('The recovery key: what opens a data folder when its key is lost');

key
  .command('show')
  .description('Print the recovery key of a data folder')
  .option('--data <folder>', DATA)
  .option('--json', 'as JSON')
  .action((options) => run(import('./key-commands.ts').then(({ showKey }) => showKey(options))));

key
  .command('restore')
  .description('Make the key file of a data folder or backup again from its recovery key, read from standard input')
  .option('--data <folder>', DATA)
  .option('--json', 'result as JSON')
  .action((options) => run(import('./key-commands.ts').then(({ restoreKey }) => restoreKey(options))));

const sync = program.command('sync').description('Replication with the cloud');
const syncCommands = () => import('./sync.ts');

sync
  .command('status')
  .description('How replication stands')
  .option('--data <folder>', DATA)
  .option('--json', 'as JSON')
  .action((options) => run(syncCommands().then((commands) => commands.status(options))));

sync
  .command('enrol')
  .description('Join a cloud; the one-time code comes from standard input')
  .argument('<address>', 'of the cloud, or several separated by commas')
  .option('--name <name>', "what this device is called there; default the computer's name")
  .option('--data <folder>', DATA)
  .option('--user <name>', 'who joins')
  .option('--json', 'as JSON')
  .action((address, options) => run(syncCommands().then((commands) => commands.enrol(address, options))));

sync
  .command('now')
  .description('Send what waits and fetch what is new, once')
  .addOption(new Option('--confirm <direction>', 'let what the brake holds pass').choices(['push', 'pull']))
  .option('--data <folder>', DATA)
  .option('--json', 'as JSON')
  .action((options) => run(syncCommands().then((commands) => commands.now(options))));

sync
  .command('git')
  .description(
    'How stock Git on this computer clones the configurations from the cloud; with `get` a helper of Git that knows the password',
  )
  .argument('[operation]', 'what Git asks a credential helper: get')
  .option('--data <folder>', DATA)
  .option('--json', 'as JSON, with the password')
  .action((operation, options) => run(syncCommands().then((commands) => commands.git(operation, options))));

sync
  .command('conflicts')
  .description('Work that the cloud could not take as it was; with one, both its sides')
  .argument('[conflict]')
  .option('--data <folder>', DATA)
  .option('--json', 'as JSON')
  .action((conflict, options) => run(syncCommands().then((commands) => commands.conflicts(conflict, options))));

sync
  .command('lost')
  .description('What others made and a cloud that was set back to a backup lost, until they send it again')
  .option('--data <folder>', DATA)
  .option('--json', 'verbatim, as JSON')
  .action((options) => run(syncCommands().then((commands) => commands.lost(options))));

sync
  .command('resolve')
  .description('Keep what stands (theirs), put your own on top (mine), or take some fields of your own (fields)')
  .argument('<conflict>')
  .addArgument(new Argument('<choice>').choices(['theirs', 'mine', 'fields']))
  .option('--field <path...>', 'with `fields`: those that are taken from your own')
  .option('--data <folder>', DATA)
  .option('--user <name>', 'who decides')
  .option('--json', 'as JSON')
  .action((conflict, choice, options) =>
    run(syncCommands().then((commands) => commands.resolve(conflict, choice, options))),
  );

function wholeNumber(text: string): number {
  const number = Number(text);
  if (Number.isSafeInteger(number) && number >= 0) return number;
  throw new InvalidArgumentError('It must be a whole number.');
}

function portNumber(text: string): number {
  const port = wholeNumber(text);
  if (port <= 65_535) return port;
  throw new InvalidArgumentError('A port is at most 65535.');
}

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
  else {
    printProblem(error);
    process.exitCode = 1;
  }
}
