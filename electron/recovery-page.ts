import { createHash } from 'node:crypto';

const STYLE = `:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif }
body { max-width: 38rem; margin: 12vh auto 0; padding: 0 1.5rem }
h1 { font-size: 1.3rem }
label { display: block; margin: 1.5rem 0 .3rem; font-weight: 600 }
textarea { box-sizing: border-box; width: 100%; font: 15px/1.7 ui-monospace, monospace; padding: .5rem .7rem }
button { margin-top: .8rem; padding: .45rem 1.1rem; font: inherit; font-weight: 600; color: #fff; background: #1c5d8c; border: 0; border-radius: 4px }
button:focus-visible { outline: 2px solid; outline-offset: 2px }
[role=alert] { border-left: 3px solid #c92a2a; padding-left: .8rem }`;

const HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'content-security-policy': `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
};

/**
 * Answers the window while core has data and no key. The page is the shell's own and has no script: core's screens come from core,
 * which is not open. @param recover @returns what is wrong with the recovery key; undefined when it opened the data
 */
export async function answerLocked(
  request: Request,
  reason: string,
  recover: (text: string) => Promise<string | undefined>,
): Promise<Response> {
  const { pathname } = new URL(request.url);
  if (pathname === '/recover' && request.method === 'POST') {
    const typed = new URLSearchParams(await request.text()).get('key') ?? '';
    const wrong = await recover(typed);
    return wrong === undefined
      ? page('<p>The data is open again.</p>', OPENED)
      : page(form(reason, { text: typed, wrong }));
  }
  if (pathname === '/' || pathname === '/recover') return page(form(reason));
  return Response.json(
    { type: 'about:blank', title: 'The data is locked', status: 423, detail: reason, code: 'wrong-key' },
    { status: 423, headers: { 'content-type': 'application/problem+json' } },
  );
}

const OPENED = '<meta http-equiv="refresh" content="0; url=/">';

function page(body: string, head = ''): Response {
  return new Response(
    `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Fieldwriter</title>${head}<style>${STYLE}</style></head><body><main>${body}</main></body></html>`,
    { headers: HEADERS },
  );
}

/** @param typed what was typed before, which nobody wants to type again, and what is wrong with it */
function form(reason: string, typed?: { readonly text: string; readonly wrong: string }): string {
  const [alert, marks] = typed
    ? [`<p role="alert" id="wrong">${escaped(typed.wrong)}</p>`, ' aria-invalid="true" aria-describedby="wrong"']
    : ['', ''];
  return `<h1>Fieldwriter needs the recovery key</h1>
<p>${escaped(reason)} Nothing is lost: the data lies on this computer, encrypted. Type the recovery key from the printed sheet; spaces, hyphens and small letters do not matter.</p>
${alert}
<form method="post" action="/recover"><label for="key">Recovery key</label>
<textarea id="key" name="key" rows="4" required autofocus spellcheck="false" autocomplete="off"${marks}>${escaped(typed?.text ?? '')}</textarea>
<button>Open the data</button></form>`;
}

function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
