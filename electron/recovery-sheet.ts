/** The sheet with the recovery key, one page, no script. The key has only letters, digits and hyphens. */
export function recoverySheet(recoveryKey: string, computer: string, day: string): string {
  const groups = recoveryKey.split('-');
  const cells = groups.map((group, i) => `<li value="${i + 1}"><code>${plain(group)}</code></li>`).join('');
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Fieldwriter recovery key</title><style>
@page { margin: 25mm }
body { font: 12pt/1.5 system-ui, sans-serif; color: #000 }
ol { columns: 2; padding-left: 2.2em; margin: 8mm 0 }
code { font: 18pt/1.9 ui-monospace, monospace; letter-spacing: .12em }
</style></head><body><h1>Fieldwriter recovery key</h1>
<p>Of the data on <strong>${plain(computer)}</strong>, printed on ${plain(day)}.</p>
<ol>${cells}</ol>
<p>Whoever has this sheet can open the data. Keep it in a safe, apart from the computer. When Fieldwriter asks for the recovery key,
type the groups in their order; every mistyped character is found. There is no I, L, O or U in it: what looks like one is 1 or 0.</p>
</body></html>`;
}

function plain(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
