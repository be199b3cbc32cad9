import type { Phase } from '../api/types'

/** A phase as people write it. */
export const phaseWord = (phase: string): string => phase.charAt(0).toUpperCase() + phase.slice(1)

/** Phases where work can begin; nothing is left to do in the last. */
export const isBeginning = (phase: Phase): boolean => phase !== 'done'
