import { expect, test } from 'vitest'
import type { LiveStatus } from '../live/status'
import { describe as words } from './LiveState'

const status = (given: Partial<LiveStatus>): LiveStatus => ({
  link: 'live',
  why: null,
  retryAt: null,
  position: 20_282,
  paused: false,
  held: 0,
  ...given,
})

test('it says what is so, and never that it is live when it is not', () => {
  expect(words(status({}), null)).toMatchObject({ word: 'LIVE', detail: '#20,282' })
  expect(words(status({ paused: true, held: 214 }), null)).toMatchObject({ word: 'Paused', detail: '214 new' })
  expect(words(status({ link: 'waiting', why: 'The server restarts.' }), 3)).toMatchObject({
    word: 'Not live',
    detail: 'The server restarts, again in 3 s',
  })
  for (const link of ['off', 'connecting', 'waiting'] as const) expect(words(status({ link }), null).word).toBe('Not live')
})
