/** What a card says at a glance. Pure. */
import type { State } from '../ui/Glyph'
import type { Card } from './model'

export interface Face {
  state: State
  word: string
  /** Why, when it is not well. */
  why: string | null
}

/** The state of a ticket as its card knows it. A card does not know who works on it, so it never says that somebody does. */
export function faceOf(card: Pick<Card, 'blocked' | 'phase' | 'tasks'>): Face {
  const { total, completed, failed } = card.tasks
  if (card.blocked !== null) return { state: 'blocked', word: 'Blocked', why: card.blocked }
  if (card.phase === 'done') return { state: 'done', word: 'Done', why: null }
  if (failed > 0) return { state: 'failed', word: 'Failed', why: `${failed} of ${total} tasks failed` }
  if (card.phase === 'backlog') return { state: 'queued', word: 'Not begun', why: null }
  if (total > 0 && completed === total) return { state: 'done', word: 'All tasks done', why: null }
  return { state: 'running', word: 'In progress', why: null }
}

/** The name of a card for who does not see it. */
export function nameOfCard(card: Card, moving: boolean): string {
  const { total, completed } = card.tasks
  const face = faceOf(card)
  const parts = [
    `${card.number} ${card.title}`,
    card.priority === 'medium' ? null : `${card.priority} priority`,
    moving ? 'moving' : face.word,
    face.why,
    total > 0 ? `${completed} of ${total} tasks done` : null,
  ]
  return parts.filter(Boolean).join(', ')
}
