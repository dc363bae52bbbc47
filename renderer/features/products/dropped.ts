/** A file of a dropped or chosen folder, with its path from there. */
export interface DroppedFile {
  readonly path: string;
  readonly file: File;
}

/** More than this is no configuration: whoever drops their home folder by mistake is told so before it is read. */
export const MOST_FILES = 5_000;

/**
 * Everything that was dropped, folders with all that is in them. Must be called in the turn of the drop: afterwards the browser takes
 * its answer back. Throws RangeError when there is too much.
 */
export function droppedFiles(data: DataTransfer): Promise<readonly DroppedFile[]> {
  const entries = [...data.items].flatMap((item) => item.webkitGetAsEntry() ?? []);
  if (entries.length === 0) return Promise.resolve([...data.files].map((file) => ({ path: file.name, file })));
  return walked(entries);
}

/** The files of an `<input webkitdirectory>`. */
export function chosenFiles(files: FileList): readonly DroppedFile[] {
  return [...files].map((file) => ({ path: file.webkitRelativePath || file.name, file }));
}

async function walked(entries: readonly FileSystemEntry[]): Promise<readonly DroppedFile[]> {
  const found: DroppedFile[] = [];
  const waiting = [...entries];
  for (let entry = waiting.shift(); entry; entry = waiting.shift()) {
    if (found.length + waiting.length > MOST_FILES) throw new RangeError(`more than ${MOST_FILES} files`);
    const path = entry.fullPath.replace(/^\/+/, '');
    if (isFile(entry)) found.push({ path, file: await fileOf(entry) });
    else if (isFolder(entry) && !/^(\.git|node_modules)$/.test(entry.name)) waiting.push(...(await childrenOf(entry)));
  }
  return found;
}

const isFile = (entry: FileSystemEntry): entry is FileSystemFileEntry => entry.isFile;
const isFolder = (entry: FileSystemEntry): entry is FileSystemDirectoryEntry => entry.isDirectory;

function fileOf(entry: FileSystemFileEntry): Promise<File> {
  return new Promise((resolve, reject) => entry.file(resolve, reject));
}

/** A reader answers a hundred at a time, and nothing when there are no more. */
async function childrenOf(folder: FileSystemDirectoryEntry): Promise<readonly FileSystemEntry[]> {
  const reader = folder.createReader();
  const children: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) return children;
    children.push(...some);
  }
}

/** The one ZIP that was given, or the files as the form that imports a folder. */
export function asUpload(files: readonly DroppedFile[]): { readonly zip: File } | { readonly folder: FormData } {
  const [first] = files;
  if (files.length === 1 && first && /\.zip$/i.test(first.file.name)) return { zip: first.file };
  const folder = new FormData();
  folder.append('paths', JSON.stringify(files.map(({ path }) => path)));
  for (const { file } of files) folder.append('files', file, 'file');
  return { folder };
}
