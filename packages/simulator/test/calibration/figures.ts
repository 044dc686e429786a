/** Figures: the values in which the model is compared with the real gossipsub, and by how much each value may differ. */
import type { TrialFigures } from './trial.ts'

/** How much two values may differ: by a share of the greater value, or by an absolute amount. */
type Tolerance = { readonly share: number } | { readonly amount: number }

interface Figure {
  readonly name: string
  readonly of: (figures: TrialFigures) => number
  readonly tolerance: Tolerance
}

export interface Comparison {
  readonly name: string
  readonly real: number
  readonly model: number
  readonly tolerance: Tolerance
  readonly agrees: boolean
}

/** Equal values, except for rounding errors. */
const exactly: Tolerance = { amount: 0.001 }

// The tolerances are our choices. The mesh of the real gossipsub differs slightly in every run, and so do the figures
// that depend on the mesh.
const figures: readonly Figure[] = [
  { name: 'ms between messages', of: ({ spacingMs }) => spacingMs, tolerance: { share: 0.1 } },
  { name: 'mesh: mean degree', of: ({ mesh }) => mesh.mean, tolerance: { share: 0.1 } },
  { name: 'mesh: least degree', of: ({ mesh }) => mesh.min, tolerance: { amount: 1 } },
  { name: 'mesh: greatest degree', of: ({ mesh }) => mesh.max, tolerance: { amount: 2 } },
  { name: 'mesh: grafts', of: ({ mesh }) => mesh.grafts, tolerance: { share: 0.35 } },
  { name: 'mesh: prunes', of: ({ mesh }) => mesh.prunes, tolerance: { amount: 0.05 } },
  { name: 'mesh: control bytes', of: ({ mesh }) => mesh.controlBytes, tolerance: { share: 0.1 } },

  { name: '150 B: delivered', of: ({ small }) => small.delivered, tolerance: exactly },
  { name: '150 B: copies', of: ({ small }) => small.messages, tolerance: { share: 0.1 } },
  { name: '150 B: message bytes', of: ({ small }) => small.messageBytes, tolerance: { share: 0.1 } },
  {
    name: '150 B: bytes of a copy',
    of: ({ small }) => small.messageBytes / small.messages,
    tolerance: { share: 0.01 },
  },
  { name: '150 B: IHAVE messages', of: ({ small }) => small.ihaves, tolerance: { share: 0.35 } },
  { name: '150 B: IHAVE ids', of: ({ small }) => small.ihaveIds, tolerance: { share: 0.15 } },
  { name: '150 B: IWANT ids', of: ({ small }) => small.iwantIds, tolerance: { amount: 0.1 } },
  { name: '150 B: control bytes', of: ({ small }) => small.controlBytes, tolerance: { share: 0.15 } },

  { name: '1 kB: delivered', of: ({ large }) => large.delivered, tolerance: exactly },
  { name: '1 kB: copies', of: ({ large }) => large.messages, tolerance: { share: 0.1 } },
  {
    name: '1 kB: bytes of a copy',
    of: ({ large }) => large.messageBytes / large.messages,
    tolerance: { share: 0.01 },
  },
  { name: '1 kB: IDONTWANT', of: ({ large }) => large.idontwants, tolerance: { share: 0.15 } },
  { name: '1 kB: control bytes', of: ({ large }) => large.controlBytes, tolerance: { share: 0.15 } },

  { name: 'ignored: judged', of: ({ lost }) => lost.judgedByIgnoring, tolerance: exactly },
  { name: 'not pushed: delivered', of: ({ lost }) => lost.deliveredToDeaf, tolerance: exactly },
  // These two figures depend on a few members only, and on the random times of their neighbours' heartbeats.
  { name: 'not pushed: IWANT ids', of: ({ lost }) => lost.requestsByDeaf, tolerance: { share: 0.6 } },
  { name: 'not pushed: ms late', of: ({ lost }) => lost.lateMsAtDeaf, tolerance: { share: 0.6 } },
]

/** Compares each figure of the real gossipsub with the mean of the model's results. @param models one result per seed */
export function compare(realFigures: TrialFigures, models: readonly TrialFigures[]): Comparison[] {
  return figures.map(({ name, of, tolerance }) => {
    const real = of(realFigures)
    const model = models.reduce((sum, each) => sum + of(each), 0) / models.length
    const allowed = 'amount' in tolerance ? tolerance.amount : tolerance.share * Math.max(real, model)
    return { name, real, model, tolerance, agrees: Math.abs(real - model) <= allowed }
  })
}

/** An aligned table with one line for each figure. */
export function tableOf(title: string, comparisons: readonly Comparison[]): string {
  const line = (name: string, ...columns: readonly string[]): string =>
    `${name.padEnd(24)}${columns.map(column => column.padStart(10)).join('')}`.trimEnd()
  return [
    line(title, 'real', 'model', 'allowed'),
    ...comparisons.map(({ name, real, model, tolerance, agrees }) =>
      line(name, digits(real), digits(model), allowance(tolerance), agrees ? '' : 'differs'),
    ),
  ].join('\n')
}

function digits(value: number): string {
  return value.toFixed(value < 100 ? 2 : 0)
}

function allowance(tolerance: Tolerance): string {
  return 'amount' in tolerance ? `± ${tolerance.amount}` : `± ${Math.round(100 * tolerance.share)} %`
}
