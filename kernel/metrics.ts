import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from "prom-client";
import type { Metrics } from "./context.ts";

/** Prometheus metrics by name, made at first use; names in snake_case with the `toguna_` prefix added here. */
export function createMetrics(o: { defaults: boolean }): Metrics & { registry: Registry } {
  const registry = new Registry();
  if (o.defaults) collectDefaultMetrics({ register: registry, prefix: "toguna_" });
  const known = new Map<string, Counter | Gauge | Histogram>();
  const get = <M extends Counter | Gauge | Histogram>(name: string, make: () => M): M => {
    let metric = known.get(name) as M | undefined;
    if (!metric) known.set(name, (metric = make()));
    return metric;
  };
  const base = (name: string, labels: object) => ({
    name: `toguna_${name}`,
    help: name.replaceAll("_", " "),
    labelNames: Object.keys(labels),
    registers: [registry],
  });
  return {
    registry,
    count: (name, labels = {}, by = 1) => get(name, () => new Counter(base(name, labels))).inc(labels, by),
    gauge: (name, value, labels = {}) => get(name, () => new Gauge(base(name, labels))).set(labels, value),
    observe: (name, seconds, labels = {}) =>
      get(name, () => new Histogram({ ...base(name, labels), buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] })).observe(
        labels,
        seconds,
      ),
  };
}
