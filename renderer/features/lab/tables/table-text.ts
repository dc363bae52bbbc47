import { call } from '../../../app/client.ts';

/** The text of a table in a version. */
export function tableText(version: number, path: string): Promise<string> {
  return call<string>('GET', `/api/lab/tables/text?version=${version}&path=${encodeURIComponent(path)}`);
}
