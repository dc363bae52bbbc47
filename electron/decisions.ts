/**
 * What the window may do, as pure decisions: the Electron security checklist's answers that are not simply defaults. They are
 * tested without Electron; main.ts and windows.ts only wire them.
 */

/** The one origin of the window. A standard, secure scheme with a fixed host, so that URLs parse as everywhere. */
export const ORIGIN = 'app://fieldwriter';

/** Navigation stays inside the workbench (checklist 13); origins are compared, never substrings. */
export function mayNavigate(target: string): boolean {
  const url = parse(target);
  return url !== undefined && `${url.protocol}//${url.host}` === ORIGIN;
}

/** Links to the world open in the system's browser: https only (checklist 15). */
export function mayOpenOutside(target: string): boolean {
  const url = parse(target);
  return url !== undefined && url.protocol === 'https:' && url.username === '' && url.password === '';
}

/** Which requests of the window's session reach the workbench (checklist 17: a protocol handler gets no frame). */
export function mayCallWorkbench(request: {
  readonly url: string;
  readonly method: string;
  readonly headers: Headers;
}): boolean {
  if (!mayNavigate(request.url)) return false;
  const origin = request.headers.get('origin');
  if (origin !== null && origin !== ORIGIN) return false;
  return ['GET', 'HEAD', 'POST', 'PATCH', 'PUT', 'DELETE'].includes(request.method);
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
  spellcheck: true,
} as const;

/** A page that is printed has no script and no power at all. */
export const PRINT_POWERS = { ...WINDOW_POWERS, javascript: false, spellcheck: false, offscreen: true } as const;

function parse(target: string): URL | undefined {
  try {
    return new URL(target);
  } catch {
    return undefined;
  }
}
