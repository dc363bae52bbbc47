/**
 * What windows may do, as pure decisions: the Electron security checklist's answers that are not simply defaults. They are tested
 * without Electron; main.ts, windows.ts and protocol.ts only wire them.
 */

/** The one origin of the window. A standard, secure scheme with a fixed host, so that URLs parse as everywhere. */
export const ORIGIN = 'app://fieldwriter';

/** Navigation stays inside the workbench (checklist 13); origins are compared, never substrings. */
export function mayNavigate(target: string): boolean {
  const url = parse(target);
  return url !== undefined && `${url.protocol}//${url.host}` === ORIGIN && url.username === '' && url.password === '';
}

/** Links to the world open in the system's browser: https only (checklist 15). */
export function mayOpenOutside(target: string): boolean {
  const url = parse(target);
  return url !== undefined && url.protocol === 'https:' && url.username === '' && url.password === '';
}

/** Where a link that wants a window of its own leads (checklist 14): the page itself never gets one. */
export type Opening = 'document' | 'workbench' | 'outside' | 'nowhere';
export function openingOf(target: string): Opening {
  if (documentPath(target) !== undefined) return 'document';
  if (mayNavigate(target)) return new URL(target).pathname === '/' ? 'workbench' : 'nowhere';
  return mayOpenOutside(target) ? 'outside' : 'nowhere';
}

/** The path of a produced document or an uploaded file: content that templates and customers wrote. */
export function documentPath(target: string): string | undefined {
  if (!mayNavigate(target)) return undefined;
  const { pathname, search } = new URL(target);
  return /^\/api\/(documents|media)\/[\w-]+$/.test(pathname) && search === '' ? pathname : undefined;
}

/** A request as a protocol handler gets it. */
interface Asked {
  readonly url: string;
  readonly method: string;
  readonly headers: Headers;
}

/** Which requests of the window's session reach the workbench (checklist 17: a protocol handler gets no frame). */
export function mayCallWorkbench(request: Asked): boolean {
  return mayNavigate(request.url) && ours(request) && METHODS.has(request.method);
}
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PATCH', 'PUT', 'DELETE']);

/** A document's window reads what was opened in such windows, and reaches nothing else of the workbench. */
export function mayReadDocument(request: Asked, opened: ReadonlySet<string>): boolean {
  const path = documentPath(request.url);
  return path !== undefined && opened.has(path) && ours(request) && request.method === 'GET';
}

function ours({ headers }: Asked): boolean {
  const origin = headers.get('origin');
  return origin === null || origin === ORIGIN;
}

/** Who may ask the shell for something (checklist 17): the top frame of a page of ours, and no frame within one. */
export function mayAskShell({ origin, top }: { readonly origin: string | undefined; readonly top: boolean }): boolean {
  return origin === ORIGIN && top;
}

/** Every window's powers (checklist 2-6, 8-12): what Electron defaults to, said aloud so that a test can hold it. */
export const WINDOW_POWERS = {
  nodeIntegration: false,
  nodeIntegrationInWorker: false,
  nodeIntegrationInSubFrames: false,
  contextIsolation: true,
  sandbox: true,
  webSecurity: true,
  allowRunningInsecureContent: false,
  experimentalFeatures: false,
  webviewTag: false,
  navigateOnDragDrop: false,
  plugins: false,
  spellcheck: true,
} as const;

/** A document's window: no preload script; the one plugin there is, the PDF viewer, needs `plugins` and brings its own scripts. */
export const DOCUMENT_POWERS = { ...WINDOW_POWERS, plugins: true, spellcheck: false } as const;

/** A page that is printed has no script and no power at all, and is not slowed down although nobody sees it. */
export const PRINT_POWERS = {
  ...WINDOW_POWERS,
  javascript: false,
  spellcheck: false,
  backgroundThrottling: false,
} as const;

/** Switches of the whole Chromium: no host name or address is reached, whatever a page asks for; core does what needs a network. */
export const SWITCHES: readonly (readonly [name: string, value: string])[] = [
  ['host-resolver-rules', 'MAP * ~NOTFOUND'],
  ['disable-background-networking', ''],
];

/**
 * Why an installed program does not start with these switches, as a sentence. An AppImage adds `--no-sandbox` by itself where the
 * system denies user namespaces: it would show customers' content without the wall that we count on, and nobody would know.
 */
export function refusalOf(has: (name: string) => boolean, packaged: boolean): string | undefined {
  const without = ['no-sandbox', 'disable-web-security', 'remote-debugging-port', 'remote-debugging-pipe'].find(has);
  if (!packaged || without === undefined) return undefined;
  return `Fieldwriter does not run with --${without}: it would take down a wall between what it shows and this computer. If you did not ask for it, this system denies AppImages their sandbox: install the .deb or .rpm package.`;
}

function parse(target: string): URL | undefined {
  try {
    return new URL(target);
  } catch {
    return undefined;
  }
}
