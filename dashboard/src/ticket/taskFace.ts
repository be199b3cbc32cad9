/** How the states of a task look. */
import type { State } from '../ui/Glyph'

const FACES: Record<string, readonly [State, string]> = {
  planned: ['queued', 'Planned'],
  ready: ['queued', 'Ready'],
  claimed: ['running', 'Claimed'],
  running: ['running', 'Running'],
  validating: ['running', 'Validating'],
  completed: ['done', 'Completed'],
  awaiting_retry: ['paused', 'Tries again later'],
  blocked: ['blocked', 'Blocked'],
  failed: ['failed', 'Failed'],
  cancelled: ['cancelled', 'Cancelled'],
  // What the ticket knows of it, before the task itself is read.
  open: ['queued', 'Open'],
}

export function taskFace(status: string): { state: State; word: string } {
  const [state, word] = FACES[status] ?? ['queued', status.replaceAll('_', ' ')]
  return { state, word }
}
