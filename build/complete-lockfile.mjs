// Adds to package-lock.json the platform packages that `npm install` left out.
//
// Why: native tools (Biome, Rolldown, SWC, ...) name one optional package per platform. When the registry that wrote the
// lock file could not serve the packages of the other platforms, npm drops them from the lock, and `npm ci` then refuses the
// lock as out of date. The entries added here carry what npm needs to skip them (os, cpu, libc) or to fetch them elsewhere.
// Run it after every change of dependencies: `npm run lockfile`.
import { readFileSync, writeFileSync } from 'node:fs';

const file = new URL('../package-lock.json', import.meta.url);
const lock = JSON.parse(readFileSync(file, 'utf8'));
const packages = lock.packages;
let added = 0;

/** `@rolldown/binding-linux-x64-musl` -> `{ os: ['linux'], cpu: ['x64'], libc: ['musl'] }`, or undefined when the name says no platform. */
function platformOf(name) {
  if (name.includes('wasm32')) return { cpu: ['wasm32'] };
  const match =
    /-(android|darwin|freebsd|linux|openharmony|win32)-(arm64|arm|x64|ia32|ppc64|riscv64|s390x|loong64)(?:-(\w+))?$/.exec(
      name,
    );
  if (!match) return undefined;
  const [, os, cpu, abi = ''] = match;
  const libc = os !== 'linux' ? undefined : abi.startsWith('musl') ? ['musl'] : ['glibc'];
  return { os: [os], cpu: [cpu], ...(libc ? { libc } : {}) };
}

for (const [place, entry] of Object.entries(packages)) {
  for (const [name, range] of Object.entries(entry.optionalDependencies ?? {})) {
    const platform = platformOf(name);
    if (!platform) continue;
    const version = range.replace(/^[\^~]/, '');
    const nested = `${place}/node_modules/${name}`;
    const shared = `node_modules/${name}`;
    if (packages[nested] || packages[shared]?.version === version) continue;
    packages[packages[shared] ? nested : shared] = {
      version,
      ...platform,
      ...(entry.dev ? { dev: true } : {}),
      license: entry.license,
      optional: true,
    };
    added += 1;
  }
}
const sorted = Object.fromEntries(Object.entries(packages).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
writeFileSync(file, `${JSON.stringify({ ...lock, packages: sorted }, null, 2)}\n`);
console.log(`package-lock.json: ${added} platform package(s) added`);
