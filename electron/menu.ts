import type { DesktopCommand } from '#core/api/contracts/desktop.ts';

/** What an item does: a role that Electron plays, a screen by its route, a message to the page, or something of the shell's own. */
export type Deed =
  | { readonly role: Role }
  | { readonly go: string }
  | { readonly command: DesktopCommand }
  | { readonly shell: ShellDeed };
export type ShellDeed = 'new-window' | 'open-file' | 'print-recovery-key' | 'show-logs' | 'back' | 'forward';
type Role =
  | 'about'
  | 'services'
  | 'hide'
  | 'hideOthers'
  | 'unhide'
  | 'quit'
  | 'close'
  | 'undo'
  | 'redo'
  | 'cut'
  | 'copy'
  | 'paste'
  | 'pasteAndMatchStyle'
  | 'delete'
  | 'selectAll'
  | 'resetZoom'
  | 'zoomIn'
  | 'zoomOut'
  | 'togglefullscreen'
  | 'minimize'
  | 'zoom'
  | 'front'
  | 'reload'
  | 'toggleDevTools';
export type Item = { readonly line: true } | ({ readonly label?: string; readonly key?: string } & Deed);
export interface MenuPart {
  readonly label: string;
  readonly items: readonly Item[];
}

const LINE: Item = { line: true };
const role = (...names: Role[]): Item[] => names.map((name) => ({ role: name }));

/** The menu bar. Reloading and developer tools exist only where the program is developed. */
export function menuOf({ platform, packaged }: { platform: string; packaged: boolean }): readonly MenuPart[] {
  const mac = platform === 'darwin';
  const quit: Item[] = mac ? [] : [LINE, { role: 'quit' }];
  return [
    ...(mac
      ? [
          {
            label: 'Fieldwriter',
            items: [
              ...role('about'),
              LINE,
              ...role('services'),
              LINE,
              ...role('hide', 'hideOthers', 'unhide'),
              LINE,
              ...role('quit'),
            ],
          },
        ]
      : []),
    {
      label: '&File',
      items: [
        { label: 'New window', key: 'CmdOrCtrl+Shift+N', shell: 'new-window' },
        { label: 'Open product…', key: 'CmdOrCtrl+O', shell: 'open-file' },
        LINE,
        ...role('close'),
        ...quit,
      ],
    },
    {
      label: '&Edit',
      items: [
        ...role('undo', 'redo'),
        LINE,
        ...role('cut', 'copy', 'paste', 'pasteAndMatchStyle', 'delete'),
        LINE,
        ...role('selectAll'),
      ],
    },
    {
      label: '&View',
      items: [
        { label: 'Command palette', key: 'CmdOrCtrl+K', command: 'palette' },
        LINE,
        ...role('resetZoom', 'zoomIn', 'zoomOut'),
        LINE,
        ...role('togglefullscreen'),
        ...(packaged ? [] : [LINE, ...role('reload', 'toggleDevTools')]),
      ],
    },
    {
      label: '&Go',
      items: [
        { label: 'Back', key: mac ? 'Cmd+[' : 'Alt+Left', shell: 'back' },
        { label: 'Forward', key: mac ? 'Cmd+]' : 'Alt+Right', shell: 'forward' },
        LINE,
        { label: 'Desk', key: 'CmdOrCtrl+1', go: '#/desk' },
        { label: 'Products', key: 'CmdOrCtrl+2', go: '#/products' },
        { label: 'Lab', go: '#/lab' },
        { label: 'Reports', go: '#/reports' },
        { label: 'Administration', key: 'CmdOrCtrl+3', go: '#/admin' },
      ],
    },
    {
      label: '&Window',
      items: mac ? [...role('minimize', 'zoom'), LINE, ...role('front')] : role('minimize', 'close'),
    },
    {
      label: '&Help',
      items: [
        { label: 'Keys of this screen', command: 'keys' },
        LINE,
        { label: 'Print recovery key…', shell: 'print-recovery-key' },
        { label: 'Show logs', shell: 'show-logs' },
        ...(mac ? [] : [LINE, ...role('about')]),
      ],
    },
  ];
}

/** What the context menu of a field or a selection offers. */
export interface Pointed {
  readonly isEditable: boolean;
  readonly selectionText: string;
  readonly misspelledWord: string;
  readonly dictionarySuggestions: readonly string[];
  readonly editFlags: { readonly canCut: boolean; readonly canCopy: boolean; readonly canPaste: boolean };
}
export type ContextItem =
  | { readonly line: true }
  | { readonly replaceBy: string }
  | { readonly learn: string }
  | { readonly nothing: string }
  | { readonly role: 'cut' | 'copy' | 'paste' | 'selectAll'; readonly enabled: boolean };

/** @returns nothing where there is nothing to do: no menu then */
export function contextMenuOf(pointed: Pointed): readonly ContextItem[] {
  const { isEditable, selectionText, misspelledWord, dictionarySuggestions, editFlags } = pointed;
  const copy: ContextItem = { role: 'copy', enabled: editFlags.canCopy };
  if (!isEditable) return selectionText.trim() === '' ? [] : [copy];
  const suggestions: ContextItem[] = dictionarySuggestions.slice(0, 5).map((word) => ({ replaceBy: word }));
  const spelling: ContextItem[] =
    misspelledWord === ''
      ? []
      : [
          ...(suggestions.length > 0 ? suggestions : [{ nothing: 'No suggestions' } as const]),
          { learn: misspelledWord },
          { line: true },
        ];
  return [
    ...spelling,
    { role: 'cut', enabled: editFlags.canCut },
    copy,
    { role: 'paste', enabled: editFlags.canPaste },
    { line: true },
    { role: 'selectAll', enabled: true },
  ];
}

/** The languages to check spelling in: what the system prefers and Chromium has, `en-US` where it has none of them. */
export function spellingLanguages(preferred: readonly string[], available: readonly string[]): string[] {
  const found = preferred.flatMap((wanted) => {
    const exact = available.find((language) => language.toLowerCase() === wanted.toLowerCase());
    const [base = ''] = wanted.split('-');
    return exact ?? available.find((language) => language === base) ?? [];
  });
  const unique = [...new Set(found)].slice(0, 3);
  return unique.length > 0 ? unique : available.filter((language) => language === 'en-US');
}
