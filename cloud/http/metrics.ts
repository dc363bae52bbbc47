/** Counters, sums and gauges in Prometheus' text format (version 0.0.4). One per copy of the cloud. */
export interface Metrics {
  count(name: string, labels?: Readonly<Record<string, string>>, by?: number): void;
  /** What is so now, of this copy or of all. */
  set(name: string, labels: Readonly<Record<string, string>>, value: number): void;
  text(): string;
}

const HELP: Readonly<Record<string, string>> = {
  fieldwriter_requests_total: 'Requests answered, by route and status.',
  fieldwriter_request_seconds_total: 'Seconds spent answering, by route.',
  fieldwriter_entries_total: 'Entries of pushes, by answer.',
  fieldwriter_bytes_total: 'Bytes of bodies, by direction.',
  fieldwriter_refused_total: 'Requests that were turned away, by reason.',
  fieldwriter_jobs_total: 'Background jobs that this copy ran, by queue and outcome.',
  fieldwriter_jobs:
    'Background jobs that wait, run, or were given up, over all copies, as counted within the last minute.',
  fieldwriter_verifications_total: 'Received decisions that this copy rated again, by verdict.',
  fieldwriter_upkeep_last_seconds:
    'When a backup was last made, or tried out by a drill, over all copies; seconds of the epoch.',
  fieldwriter_upkeep_last_success_seconds: 'When that last went well; 0: never.',
  fieldwriter_mails_total: 'Mails that this copy handed to a mail server, by what they are.',
};

export function openMetrics(): Metrics {
  const values = new Map<string, Map<string, number>>();
  const gauges = new Set<string>();
  const seriesOf = (name: string): Map<string, number> => {
    const series = values.get(name) ?? new Map<string, number>();
    values.set(name, series);
    return series;
  };
  return {
    count(name, labels = {}, by = 1) {
      const [series, text] = [seriesOf(name), textOf(labels)];
      series.set(text, (series.get(text) ?? 0) + by);
    },
    set(name, labels, value) {
      gauges.add(name);
      seriesOf(name).set(textOf(labels), value);
    },
    text() {
      const lines = [...values].flatMap(([name, series]) => [
        `# HELP ${name} ${HELP[name] ?? ''}`,
        `# TYPE ${name} ${gauges.has(name) ? 'gauge' : 'counter'}`,
        ...[...series].map(([labels, value]) => `${name}${labels ? `{${labels}}` : ''} ${value}`),
      ]);
      return `${lines.join('\n')}\n`;
    },
  };
}

function textOf(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([label, value]) => `${label}="${value.replaceAll(/["\\\n]/g, '_')}"`)
    .join(',');
}
