/** Bounds each property test: a mutant that some input reveals is mostly revealed by one of the first. */
import fc from 'fast-check'

fc.configureGlobal({ interruptAfterTimeLimit: 2_000, markInterruptAsFailure: false })
