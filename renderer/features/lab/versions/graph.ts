import type { VersionCommit } from '#core/api/contracts/lab-versions.ts';

export const ROW = 52;
const LANE = 16;
const EDGE = 14;

export interface Graph {
  /** Pixels that the lanes take. */
  readonly width: number;
  readonly dots: readonly {
    readonly x: number;
    readonly y: number;
    readonly deployed: boolean;
    readonly commit: string;
  }[];
  readonly lines: readonly { readonly d: string; readonly key: string }[];
}

/** Where commits and their lines stand: deployments on the first lane, each branch on one of its own. */
export function graphOf(commits: readonly VersionCommit[]): Graph {
  const lanes = new Map<string, number>();
  const rows = new Map(commits.map(({ commit }, row) => [commit, row]));
  let next = 1;
  for (const one of commits) {
    if (one.configVersion !== undefined) lanes.set(one.commit, 0);
    else if (!lanes.has(one.commit)) {
      lanes.set(one.commit, next);
      next += 1;
    }
    const lane = lanes.get(one.commit) ?? 0;
    const [first] = one.parents;
    // A branch goes on in its lane until it comes to a deployment.
    const parent = commits[rows.get(first ?? '') ?? -1];
    if (lane > 0 && parent && parent.configVersion === undefined && !lanes.has(parent.commit))
      lanes.set(parent.commit, lane);
  }
  const x = (commit: string): number => EDGE + (lanes.get(commit) ?? 0) * LANE;
  const y = (commit: string): number => (rows.get(commit) ?? 0) * ROW + ROW / 2;
  return {
    width: EDGE * 2 + Math.max(0, ...lanes.values()) * LANE,
    dots: commits.map(({ commit, configVersion }) => ({
      commit,
      x: x(commit),
      y: y(commit),
      deployed: configVersion !== undefined,
    })),
    lines: commits.flatMap(({ commit, parents }) =>
      parents
        .filter((parent) => rows.has(parent))
        .map((parent) => {
          const [x1, y1, x2, y2] = [x(commit), y(commit), x(parent), y(parent)];
          const bend = `C ${x1} ${y2 - ROW / 2} ${x2} ${y2 - ROW / 2} ${x2} ${y2}`;
          return {
            key: `${commit} ${parent}`,
            d: x1 === x2 ? `M ${x1} ${y1} V ${y2}` : `M ${x1} ${y1} V ${y2 - ROW} ${bend}`,
          };
        }),
    ),
  };
}
