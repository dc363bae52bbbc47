import { useHotkeys } from '@mantine/hooks';
import type { ReactNode } from 'react';
import {
  createContext,
  type RefObject,
  use,
  useEffect,
  useId,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react';

/** Something that the screen before one's eyes can do: it has a name in the command palette and may have a key. */
export interface Action {
  readonly label: string;
  /** In the notation of Mantine's `useHotkeys`: `mod+s`, `n`, `shift+D`. Chords also work while somebody types in a field. */
  readonly keys?: string;
  readonly run: () => void;
}
export interface ActionGroup {
  /** What the group is called in the overview: the screen, usually. */
  readonly title: string;
  readonly actions: readonly Action[];
}

type Register = (id: string, group: ActionGroup | undefined) => void;
const Registered = createContext<readonly ActionGroup[]>([]);
const Registration = createContext<Register>(() => undefined);
const Covered = createContext<RefObject<boolean>>({ current: false });

/** Holds what the mounted screens offer. Two contexts, so that a screen that registers is not drawn again by it. */
export function ActionsProvider({ children }: { readonly children: ReactNode }) {
  const [groups, setGroups] = useState<ReadonlyMap<string, ActionGroup>>(new Map());
  const register = useMemo<Register>(
    () => (id, group) =>
      setGroups((before) => {
        const after = new Map(before);
        if (group) after.set(id, group);
        else after.delete(id);
        return after;
      }),
    [],
  );
  const all = useMemo(() => [...groups.values()], [groups]);
  const covered = useCovered();
  return (
    <Registration value={register}>
      <Covered value={covered}>
        <Registered value={all}>{children}</Registered>
      </Covered>
    </Registration>
  );
}

/**
 * Whether something lay over the screen when a key went down. It is asked before anybody hears the key: a dialog that Escape closes
 * is gone when the key reaches the screen, which would be left by the same stroke. An effect of the layout comes before those in
 * which dialogs begin to listen.
 */
function useCovered(): RefObject<boolean> {
  const covered = useRef(false);
  useLayoutEffect(() => {
    const look = (event: KeyboardEvent): void => {
      const over = event.key === 'Escape' ? '[role="dialog"], [role="menu"]' : '[aria-modal="true"]';
      covered.current = [...document.querySelectorAll(over)].some((element) => element.checkVisibility());
    };
    window.addEventListener('keydown', look, { capture: true });
    return () => window.removeEventListener('keydown', look, { capture: true });
  }, []);
  return covered;
}

/** Offers actions for as long as the component stands: by key, in the palette (Ctrl/Cmd-K) and in the overview (`?`). Keys wait while a dialog is open. */
export function useActions(title: string, actions: readonly Action[]): void {
  const id = useId();
  const register = use(Registration);
  const latest = useRef(actions);
  latest.current = actions;
  const signature = JSON.stringify(actions.map(({ label, keys }) => [label, keys]));
  useEffect(() => {
    const offered = (JSON.parse(signature) as [string, string | undefined][]).map(
      ([label, keys], index): Action => ({
        label,
        ...(keys ? { keys } : {}),
        run: () => latest.current[index]?.run(),
      }),
    );
    register(id, { title, actions: offered });
    return () => register(id, undefined);
  }, [id, register, title, signature]);
  const covered = use(Covered);
  const keyed = actions.flatMap(({ keys, run }) => (keys ? [{ keys, run: () => covered.current || run() }] : []));
  // Chords work in the middle of a field; a letter of its own is a shortcut only where nobody types.
  useHotkeys(
    keyed.filter(({ keys }) => isChord(keys)).map(({ keys, run }) => [keys, run]),
    [],
    true,
  );
  useHotkeys(keyed.filter(({ keys }) => !isChord(keys)).map(({ keys, run }) => [keys, run]));
}

/** Everything that can be done right now, by screen. */
export function useOffered(): readonly ActionGroup[] {
  return use(Registered);
}

function isChord(keys: string): boolean {
  return /(^|\+)(mod|ctrl|alt|meta)\+/i.test(keys);
}

/** Keys as people read them: `mod+s` is `⌘ S` on a Mac, `Ctrl S` elsewhere. */
export function keyNames(keys: string, mac = /Mac|iPhone|iPad/.test(navigator.platform)): readonly string[] {
  const names: Readonly<Record<string, string>> = {
    mod: mac ? '⌘' : 'Ctrl',
    shift: mac ? '⇧' : 'Shift',
    alt: mac ? '⌥' : 'Alt',
    enter: '↵',
    arrowleft: '←',
    arrowright: '→',
    arrowup: '↑',
    arrowdown: '↓',
  };
  return keys.split('+').map((key) => names[key.toLowerCase()] ?? (key.length === 1 ? key.toUpperCase() : key));
}
