import { useSyncExternalStore } from 'react';

/**
 * The risks that were opened on this machine lately, newest first. Kept by the browser, not in the journal: an entry that is kept
 * for years for every look at a risk would drown what people did (core/desk/SPEC.md D12).
 */
const KEY = 'fieldwriter.recent';
const MOST = 12;
const NONE: readonly string[] = [];
const CHANGED = 'fieldwriter:recent';

export function rememberRecent(locator: string): void {
  const before = read();
  if (before[0] === locator) return;
  try {
    localStorage.setItem(KEY, JSON.stringify([locator, ...before.filter((other) => other !== locator)].slice(0, MOST)));
  } catch {
    // A browser that keeps nothing only forgets what was recent.
  }
  window.dispatchEvent(new Event(CHANGED));
}

export function useRecent(): readonly string[] {
  const text = useSyncExternalStore(subscribe, stored);
  return parsed(text);
}

function subscribe(changed: () => void): () => void {
  window.addEventListener(CHANGED, changed);
  window.addEventListener('storage', changed);
  return () => {
    window.removeEventListener(CHANGED, changed);
    window.removeEventListener('storage', changed);
  };
}

function stored(): string {
  try {
    return localStorage.getItem(KEY) ?? '';
  } catch {
    return '';
  }
}

function read(): readonly string[] {
  return parsed(stored());
}

function parsed(text: string): readonly string[] {
  if (text === '') return NONE;
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : NONE;
  } catch {
    return NONE;
  }
}
