import { useEffect, useLayoutEffect } from 'react'

/** Before the browser paints; on a server, where React 18 warns of layout effects, none. */
export const useMountEffect: typeof useEffect = typeof document === 'undefined' ? useEffect : useLayoutEffect
