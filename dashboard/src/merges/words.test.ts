import { expect, test } from 'vitest'
import { FOURTH, landedMerge, readyMerge, theMerge, THIRD } from '../testing/merges'
import { TASK } from '../testing/runs'
import { candidateFace, culpritWords, groupsOf, mergeFace, nextOf, numberOf } from './words'

test('what waits for a person comes first, whatever is newer', () => {
  const merging = theMerge({ status: 'merging', waits: null })
  const [landed, ready, parked] = [landedMerge(), readyMerge(), theMerge()]
  expect(groupsOf([landed, merging, ready, parked])).toEqual({ person: [ready, parked], going: [merging], over: [landed] })
})

test('who spoilt a step is called by number, alone or with another', () => {
  const merge = theMerge()
  expect(culpritWords(merge, { culprit: FOURTH, with: THIRD })).toBe('TSK-004 with TSK-003')
  expect(culpritWords(merge, { culprit: TASK, with: null })).toBe('TSK-001')
  expect(culpritWords(merge, { culprit: null, with: null })).toBeNull()
  expect(numberOf(merge, '00000000-0000-7000-8000-0000000000ff')).toBe('…000000ff')
})

test('what a later server says is words all the same', () => {
  expect(mergeFace({ status: 'held_back' as never, waits: null })).toEqual({ state: 'queued', word: 'held back' })
  expect(candidateFace('looked_at' as never).word).toBe('looked at')
  expect(nextOf('something_else')).toContain('go on without it')
  expect(mergeFace({ status: 'queued', waits: 'tasks' }).word).toBe('Waits for tasks')
})
