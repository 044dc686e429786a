/** Definition: the type of one entry of the catalogue of metrics. */

/** A label has a fixed set of values, so the number of series is bounded: no value is the id, name or address of a member. */
export interface Label {
  readonly name: string
  /** Each value, and what it means. */
  readonly values: Readonly<Record<string, string>>
}

interface Defined {
  /** One sentence, without the unit: the name ends with the unit. */
  readonly help: string
}

/** A value that rises and falls. The value is read when the metrics are collected. */
export interface GaugeDefinition extends Defined {
  readonly kind: 'gauge'
  readonly label?: Label
  /** Only members of this kind have the metric. */
  readonly only?: 'relay' | 'storage'
}

/** A sum since the start of the process. The name of the metric ends with `_total`. */
export interface CounterDefinition extends Defined {
  readonly kind: 'counter'
  readonly label?: Label
}

/** A distribution. */
export interface HistogramDefinition extends Defined {
  readonly kind: 'histogram'
  /** The upper bounds of the buckets. */
  readonly buckets: readonly number[]
}

export type MetricDefinition = GaugeDefinition | CounterDefinition | HistogramDefinition
export type MetricDefinitions = Readonly<Record<string, MetricDefinition>>
