/**
 * What the desktop offers the page beyond requests: `window.fieldwriter`, one frozen object of plain functions. In the browser it is
 * absent, and screens use the means of the web.
 */
export interface DesktopBridge {
  readonly shell: 'desktop';
  /** Of `process.platform`. */
  readonly platform: string;
  /** Lets the user choose a folder. @returns its path; undefined when the user thought better of it */
  chooseFolder(): Promise<string | undefined>;
  /**
   * Lets the user choose where the data is kept, and starts Fieldwriter again there; what was written before stays where it is.
   * @returns the folder; undefined when the user thought better of it. Rejects with a sentence when data can not be kept there.
   */
  chooseDataFolder(): Promise<string | undefined>;
  /** Lets the user choose a product: a ZIP file, whatever its ending. */
  chooseProductFile(): Promise<string | undefined>;
  /** Asks where to save a file and writes it there. @returns the path */
  saveFile(file: SavedFile): Promise<string | undefined>;
  /** Prints the recovery key of this laptop's data; the page never sees it. @returns whether it was handed to a printer */
  printRecoveryKey(): Promise<boolean>;
  coreState(): Promise<CoreState>;
  /** Starts a stopped core again. */
  restartCore(): Promise<void>;
  /** Each returns how to stop listening. */
  onCoreState(listener: (state: CoreState) => void): () => void;
  onCommand(listener: (command: DesktopCommand) => void): () => void;
  /** Files that the user opened with Fieldwriter; what was opened before anybody listened is told at once. */
  onOpenFile(listener: (file: OpenedFile) => void): () => void;
}

/** Where the key that opened the data came from. */
export type KeyPlace = 'environment' | 'key-store' | 'key-file';

export interface SavedFile {
  /** A name without folders. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** A file that the user chose to open: `POST /api/configurations {"zip": path}` puts a product into use. */
export interface OpenedFile {
  readonly kind: 'product' | 'receipt';
  /** Absolute. */
  readonly path: string;
}

/** What a menu asks of the page. */
export type DesktopCommand = 'palette' | 'keys';

/** How the process is that holds the data. */
export type CoreState =
  | { readonly state: 'starting' }
  | { readonly state: 'ready'; readonly key: KeyPlace }
  /** It ended and is started again: requests wait. What was saved is safe. */
  | { readonly state: 'restarting'; readonly reason: string }
  /** It ended too often to go on by itself. */
  | { readonly state: 'stopped'; readonly reason: string }
  /** There is data and no key: the shell shows its own page. */
  | { readonly state: 'locked'; readonly reason: string };
