/** What waits for a person, in words, and where each is done. Pure. */
import type { InboxItem } from '../api/inbox'
import type { State } from '../ui/Glyph'

interface Face {
  state: State
  word: string
}

const KIND: Record<InboxItem['kind'], Face> = {
  spec_question: { state: 'waiting', word: 'A spec asks' },
  spec_approval: { state: 'waiting', word: 'A spec waits for a yes' },
  ticket_approval: { state: 'waiting', word: 'A ticket waits for a yes' },
  merge_approval: { state: 'waiting', word: 'A merge waits for a yes' },
  merge_parked: { state: 'waiting', word: 'A merge is parked' },
  task_failed: { state: 'failed', word: 'A task failed' },
  spec_failed: { state: 'failed', word: 'A spec failed' },
  spec_unproven: { state: 'waiting', word: 'A spec is not proven' },
  spec_halted: { state: 'paused', word: 'A spec halted' },
}

export const itemFace = (kind: InboxItem['kind']): Face => KIND[kind] ?? { state: 'waiting', word: kind.replaceAll('_', ' ') }

/** "1 waits for you", "3 wait for you". */
export const waitWords = (count: number, whom: string): string => `${count.toLocaleString('en')} ${count === 1 ? 'waits' : 'wait'} for ${whom}`
