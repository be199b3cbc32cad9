import { expect, test } from 'vitest'
import { gatesAhead } from './gates'
import { taskFace } from './taskFace'

const task = (number: string, outcome: 'open' | 'completed' | 'failed' | 'cancelled', evidence: 'attested' | 'verified' | null = null) => ({
  number,
  phase: 'implementation' as const,
  outcome,
  evidence,
})

test('a gate says what is missing', () => {
  const ticket = {
    phase: 'implementation' as const,
    tasks: { a: task('TSK-001', 'completed', 'attested'), b: task('TSK-002', 'failed'), c: task('TSK-003', 'cancelled') },
    approvals: {},
  }
  const [gate, ...more] = gatesAhead(ticket, { implementation: [{ kind: 'approval' }, { kind: 'evidence', level: 'verified' }] })
  expect(more).toEqual([])
  expect(gate).toEqual({
    phase: 'implementation',
    here: true,
    criteria: [
      { state: 'queued', word: '1 of 2 tasks done', missing: 'TSK-002 failed' },
      { state: 'queued', word: 'Approval', missing: 'nobody has asked for it' },
      { state: 'queued', word: 'Completions verified by the platform', missing: 'TSK-001' },
    ],
  })
})

test('an open gate has nothing missing', () => {
  const ticket = {
    phase: 'implementation' as const,
    tasks: { a: task('TSK-001', 'completed', 'verified') },
    approvals: { implementation: { state: 'granted' as const, by: 'x' } },
  }
  const [gate] = gatesAhead(ticket, { implementation: [{ kind: 'tasks_done' }, { kind: 'approval' }] })
  expect(gate?.criteria.every(({ state, missing }) => state === 'done' && missing === null)).toBe(true)
})

test('what lies behind is not asked again, and what asks nothing is not shown', () => {
  const ticket = { phase: 'testing' as const, tasks: { a: task('TSK-001', 'open') }, approvals: {} }
  expect(gatesAhead(ticket, { implementation: [{ kind: 'approval' }] })).toEqual([])
  expect(gatesAhead(ticket, { deployment: [{ kind: 'approval' }] })).toMatchObject([{ phase: 'deployment', here: false }])
})

test('a state nobody knows still has a mark and a word', () => {
  expect(taskFace('being_dreamt')).toEqual({ state: 'queued', word: 'being dreamt' })
  expect(taskFace('completed').state).toBe('done')
})
