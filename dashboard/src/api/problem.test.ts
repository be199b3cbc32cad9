import { expect, test } from 'vitest'
import { mayPass, ProblemError, problemOf, unreachable, wordsOf } from './problem'

const full = {
  type: 'urn:omoi:problem:full',
  title: 'Conflict',
  status: 409,
  code: 'full',
  detail: 'the column holds as many tickets as it may',
}

test('a problem says what the server says, as a sentence', () => {
  const problem = problemOf(409, full)
  expect(problem).toBeInstanceOf(ProblemError)
  expect(problem.code).toBe('full')
  expect(wordsOf(problem)).toBe('The column holds as many tickets as it may.')
})

test('a body that is no problem still gives words', () => {
  for (const body of [undefined, null, 'Bad gateway', '<h1>502</h1>', { code: 7 }, []]) {
    expect(wordsOf(problemOf(502, body))).toBe('The server answered 502 and did not say why.')
  }
})

test('only what did not reach the domain may pass later', () => {
  expect(mayPass(unreachable(new TypeError('failed to fetch')))).toBe(true)
  expect(mayPass(problemOf(503, { ...full, code: 'database_down' }))).toBe(true)
  expect(mayPass(problemOf(409, full))).toBe(false)
  expect(mayPass(new Error('a bug'))).toBe(false)
})
