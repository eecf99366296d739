import { Gauge, type Registry } from 'prom-client';
import type { FileWatch } from '../file-watch.ts';

/** Files that are loaded again when they change; undefined: there are none. */
export interface LoadedFiles {
  readonly keys: Pick<FileWatch, 'problem' | 'loadedAtMs'> | undefined;
  readonly certificate: Pick<FileWatch, 'problem' | 'loadedAtMs'> | undefined;
  /** When the certificate ends to be valid, in milliseconds since 1970. */
  readonly notAfterMs: (() => number) | undefined;
}

/**
 * Whether files could be loaded, and when, as of when it is read; in the manner of Prometheus's own
 * `prometheus_config_last_reload_successful`. Of files that are not set nothing is told.
 */
export const registerFileMetrics = (
  registry: Registry,
  { keys, certificate, notAfterMs }: LoadedFiles,
): void => {
  const loaded = Object.entries({ keys, certificate }).flatMap(([file, watch]) =>
    watch === undefined ? [] : [{ file, watch }],
  );
  new Gauge({
    name: 'heart_rate_file_last_reload_successful',
    help: '1 when what is in force is what the file has; 0 when that cannot be loaded and the former stays.',
    labelNames: ['file'],
    registers: [registry],
    collect() {
      for (const { file, watch } of loaded) {
        this.set({ file }, watch.problem === undefined ? 1 : 0);
      }
    },
  });
  new Gauge({
    name: 'heart_rate_file_last_reload_success_timestamp_seconds',
    help: 'When what is in force was loaded, since 1970.',
    labelNames: ['file'],
    registers: [registry],
    collect() {
      for (const { file, watch } of loaded) this.set({ file }, watch.loadedAtMs / 1000);
    },
  });
  new Gauge({
    name: 'heart_rate_certificate_not_after_timestamp_seconds',
    help: 'When the first certificate of the chain in force ends to be valid, since 1970.',
    registers: [registry],
    collect() {
      if (notAfterMs === undefined) this.remove();
      else this.set(notAfterMs() / 1000);
    },
  });
};
