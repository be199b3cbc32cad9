/** The steps of a build in words. Pure. */
import type { State } from '../ui/Glyph'
import type { Step, StepName } from './course'

export const WORD: Record<StepName, string> = {
  project: 'Find the project of the repository, or make one',
  repository: 'Link the repository',
  settings: 'Set up how work is done',
  spec: 'Hand in what is wanted',
  autonomy: 'Let work begin by itself',
}

export const STATE: Record<Step['state'], { state: State; label: string }> = {
  waits: { state: 'queued', label: 'Not yet' },
  goes_on: { state: 'running', label: 'Goes on' },
  done: { state: 'done', label: 'Done' },
  refused: { state: 'failed', label: 'Refused' },
}
