/** Work of the lab that takes its time: it goes on by itself, says how far it is, and can be ended. */
export interface LabJob {
  readonly id: string;
  readonly state: 'running' | 'done' | 'failed' | 'cancelled';
  /** What it is at, where it has several parts. */
  readonly phase?: string;
  readonly done: number;
  /** 0 while nobody knows. */
  readonly total: number;
  readonly milliseconds: number;
  /** Why it failed. */
  readonly problem?: string;
}

/** What a job's work is handed: where to say how far it is, and the sign to end. */
export interface JobControl {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: { readonly done: number; readonly total: number }) => void;
  /** Begins a part: its progress starts anew. */
  readonly phase: (name: string) => void;
}
