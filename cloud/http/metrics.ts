/** Counters and sums in Prometheus' text format (version 0.0.4). One per copy of the cloud. */
export interface Metrics {
  count(name: string, labels?: Readonly<Record<string, string>>, by?: number): void;
  text(): string;
}

const HELP: Readonly<Record<string, string>> = {
  fieldwriter_requests_total: 'Requests answered, by route and status.',
  fieldwriter_request_seconds_total: 'Seconds spent answering, by route.',
  fieldwriter_entries_total: 'Entries of pushes, by answer.',
  fieldwriter_bytes_total: 'Bytes of bodies, by direction.',
  fieldwriter_refused_total: 'Requests that were turned away, by reason.',
};

export function openMetrics(): Metrics {
  const values = new Map<string, Map<string, number>>();
  return {
    count(name, labels = {}, by = 1) {
      const series = values.get(name) ?? new Map<string, number>();
      values.set(name, series);
      const text = Object.entries(labels)
        .map(([label, value]) => `${label}="${value.replaceAll(/["\\\n]/g, '_')}"`)
        .join(',');
      series.set(text, (series.get(text) ?? 0) + by);
    },
    text() {
      const lines = [...values].flatMap(([name, series]) => [
        `# HELP ${name} ${HELP[name] ?? ''}`,
        `# TYPE ${name} counter`,
        ...[...series].map(([labels, value]) => `${name}${labels ? `{${labels}}` : ''} ${value}`),
      ]);
      return `${lines.join('\n')}\n`;
    },
  };
}
