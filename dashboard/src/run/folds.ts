/** What of a long page is folded. Rows of a virtual list come and go; what somebody opened stays open. */
import { createContext, useContext } from 'react'
import { useStore } from 'zustand'
import { createStore } from 'zustand/vanilla'

export const createFolds = () => createStore<{ opened: ReadonlyMap<string, boolean> }>()(() => ({ opened: new Map() }))

export const Folds = createContext(createFolds())

/** Whether it is open, and what opens and closes it. */
export function useFold(name: string, usual = false): [boolean, () => void] {
  const folds = useContext(Folds)
  const open = useStore(folds, ({ opened }) => opened.get(name) ?? usual)
  return [open, () => folds.setState(({ opened }) => ({ opened: new Map(opened).set(name, !open) }))]
}
