import type { DesktopBridge } from '#core/api/contracts/desktop.ts';

/** What the desktop offers beyond requests; absent in a browser. */
export function desktop(): DesktopBridge | undefined {
  return (window as { readonly fieldwriter?: DesktopBridge }).fieldwriter;
}

/** Saves a text as a file: the desktop asks where, a browser downloads it. @param name without folders */
export async function saveFile(name: string, content: string, type: string): Promise<void> {
  const bridge = desktop();
  if (bridge) {
    await bridge.saveFile({ name, bytes: new TextEncoder().encode(content) });
    return;
  }
  const url = URL.createObjectURL(new Blob([content], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The browser has taken the content when the click returns.
  URL.revokeObjectURL(url);
}
