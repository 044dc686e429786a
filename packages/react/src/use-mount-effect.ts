import { useEffect, useLayoutEffect } from 'react'

/** Runs before the browser paints. On a server it is `useEffect`: React 18 warns about layout effects there. */
export const useMountEffect: typeof useEffect = typeof document === 'undefined' ? useEffect : useLayoutEffect
