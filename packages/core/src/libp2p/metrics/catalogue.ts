/**
 * Catalogue: all metrics of a member. `docs/metrics.md` is generated from it.
 *
 * A metric that is declared here and has no value, or a value that is not declared, does not compile.
 */
import { contentDefinitions } from './content-definitions.ts'
import type {
  CounterDefinition,
  GaugeDefinition,
  HistogramDefinition,
  Label,
  MetricDefinitions,
} from './definition.ts'
import { memberDefinitions } from './member-definitions.ts'
import { trafficDefinitions } from './traffic-definitions.ts'

/** The metrics by name, in the sections of the page. */
export const sections: {
  readonly 'Members and failure detection': typeof memberDefinitions
  readonly 'Dissemination and connections': typeof trafficDefinitions
  readonly 'Content, store and queues': typeof contentDefinitions
} = {
  'Members and failure detection': memberDefinitions,
  'Dissemination and connections': trafficDefinitions,
  'Content, store and queues': contentDefinitions,
}

type Catalogue = typeof memberDefinitions & typeof trafficDefinitions & typeof contentDefinitions

export const catalogue: Catalogue = { ...memberDefinitions, ...trafficDefinitions, ...contentDefinitions }

// Each entry is a definition. The lists do not say so themselves: the types of their labels must stay exact.
catalogue satisfies MetricDefinitions

export type MetricName = keyof Catalogue
type NamesOf<Definition> = {
  [Name in MetricName]: Catalogue[Name] extends Definition ? Name : never
}[MetricName]
export type GaugeName = NamesOf<GaugeDefinition>
export type CounterName = NamesOf<CounterDefinition>
export type HistogramName = NamesOf<HistogramDefinition>

/** The value of a metric: a number, or a number for each value of its label. */
export type ValueOf<Name extends MetricName> = Catalogue[Name] extends {
  readonly label: infer L extends Label
}
  ? Record<keyof L['values'], number>
  : number

/** Reads the gauges. */
export type GaugeReaders = { readonly [Name in GaugeName]: () => ValueOf<Name> | Promise<ValueOf<Name>> }
/** The sums since the start. */
export type Totals = { readonly [Name in CounterName]: ValueOf<Name> }
