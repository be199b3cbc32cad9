import { fireEvent, screen, within } from '@testing-library/react'
import { afterEach, expect, test, vi } from 'vitest'
import type { MergeConflict } from '../api/merges'
import { conflictFile, MERGE, theConflict, theMerge, THIRD } from '../testing/merges'
import { beNobody } from '../testing/people'
import { faults, problem, serve, show } from '../testing/render'
import { PROJECT } from '../testing/runs'
import { MergesPage } from './MergesPage'

afterEach(() => {
  beNobody()
  vi.unstubAllGlobals()
})

const CONFLICT = `GET /api/v1/merges/${MERGE}/conflicts/${THIRD}`
type Answer = Parameters<typeof serve>[0][string]

async function opened(answer: Answer) {
  serve({
    [`GET /api/v1/projects/${PROJECT}`]: { body: { id: PROJECT, name: 'Billing', slug: 'billing', repository: null } },
    [`GET /api/v1/projects/${PROJECT}/merges`]: { body: { position: 70, stale: null, merges: [theMerge()] } },
    [CONFLICT]: answer,
  })
  const drawn = show(<MergesPage project={PROJECT} chosen={undefined} onChoose={vi.fn()} />, `/p/${PROJECT}/merges`)
  fireEvent.click(await screen.findByRole('button', { name: 'Show the conflict TSK-003' }))
  return drawn
}
const conflict = async (given: Partial<MergeConflict> = {}) => {
  const drawn = await opened({ body: theConflict(given) })
  return { ...drawn, shown: within(await screen.findByRole('region', { name: 'Conflict of TSK-003' })) }
}
const linesOf = (element: Element | null) => [...(element?.querySelectorAll('pre > span') ?? [])].map(({ textContent }) => textContent?.trimEnd())

test('both sides are shown as what each did to what was before, and hostile text is text', async () => {
  const { container, shown } = await conflict()
  expect(shown.getByText(/^The branch at/).textContent).toMatch(/1d2e3f4a5b, TSK-003 at 3f4a5b6071: both changed 1 file/)
  const file = shown.getByRole('region', { name: 'src/sums.rs' })
  const [ours, theirs] = [...file.querySelectorAll('pre')]
  expect(linesOf(ours!.parentElement)).toEqual([' fn sum() {', '−    round(0)', '+    round(2)', ' }'])
  expect(linesOf(theirs!.parentElement)[2]).toMatch(/^\+ +<img src=x onerror="window\.hit=1"> .*user\\u202efdp\.exe$/)
  expect(shown.getByRole('heading', { name: 'What the branch did' })).toBeTruthy()
  expect(shown.getByRole('heading', { name: 'What TSK-003 did' })).toBeTruthy()
  expect(container.querySelector('img[src]')).toBeNull()
  expect('hit' in window).toBe(false)
  expect(await faults(container)).toEqual([])
})

test('one side, what was before, or the text with marks can be shown instead', async () => {
  const { container, shown } = await conflict()
  const file = () => shown.getByRole('region', { name: 'src/sums.rs' })
  const views: [string, number, string][] = [
    ['the branch', 3, '     round(2)'],
    ['before both', 3, '     round(0)'],
    ['with marks', 9, ' <<<<<<< omoi/spec-invoices'],
  ]
  for (const [word, many, second] of views) {
    fireEvent.click(shown.getByRole('radio', { name: word }))
    expect(linesOf(file())).toHaveLength(many)
    expect(linesOf(file())[1]).toBe(second)
  }
  expect(linesOf(file())[2]).toBe('<    round(2)')
  expect(linesOf(file())[6]).toMatch(/^> +<img/)
  fireEvent.click(shown.getByRole('radio', { name: 'TSK-003' }))
  expect(linesOf(file())[1]).toMatch(/<img src=x/)
  expect(container.querySelector('img[src]')).toBeNull()
  expect(await faults(container)).toEqual([])
})

test('what is not there, or no text, is said in words', async () => {
  const { shown } = await conflict({ cut: true, files: [conflictFile({ theirs: null, marked: null }), conflictFile({ path: 'logo.png', base: null, ours: null, theirs: null, marked: null }), conflictFile({ path: 'empty', ours: '', base: '' })] })
  expect(within(shown.getByRole('region', { name: 'src/sums.rs' })).getByText('Took it away, or made something else than text of it.')).toBeTruthy()
  expect(within(shown.getByRole('region', { name: 'logo.png' })).getAllByText('It is not there, or it is no text.')).toHaveLength(2)
  expect(within(shown.getByRole('region', { name: 'empty' })).getByText('The file is empty.')).toBeTruthy()
  expect(shown.getByText(/^This is not all of it/)).toBeTruthy()
  fireEvent.click(shown.getByRole('radio', { name: 'with marks' }))
  expect(within(shown.getByRole('region', { name: 'src/sums.rs' })).getByText('It is not there, or it is no text.')).toBeTruthy()
})

test('something long is folded until somebody wants all of it', async () => {
  const long = Array.from({ length: 90 }, (_, n) => `line ${n}`).join('\n')
  const { shown } = await conflict({ files: [conflictFile({ base: null, ours: long, theirs: 'short' })] })
  const file = shown.getByRole('region', { name: 'src/sums.rs' })
  expect(linesOf(file)).toHaveLength(41)
  fireEvent.click(within(file).getByRole('button', { name: 'Show 50 more lines' }))
  expect(linesOf(file)).toHaveLength(91)
})

test('the path of a file is a text of others too', async () => {
  const path = 'src/<b>\u202esr.smus'
  const { shown } = await conflict({ files: [conflictFile({ path })] })
  expect(shown.getByRole('heading', { name: 'src/<b>\\u202esr.smus' })).toBeTruthy()
})

test('while it is read it says so, and what cannot be read says why', async () => {
  let answer: (answer: { status: number; body: unknown }) => void = () => {}
  await opened(() => new Promise((resolve) => (answer = resolve)))
  expect(await screen.findByText('Reading the conflict …')).toBeTruthy()
  answer({ status: 503, body: problem(503, 'unavailable', 'the repository is busy') })
  expect(await screen.findByText('The repository is busy.')).toBeTruthy()
  expect(screen.getByRole('button', { name: 'Try again' })).toBeTruthy()
})

test('it can be put away again', async () => {
  await conflict()
  const button = screen.getByRole('button', { name: 'Hide the conflict TSK-003' })
  expect(button.getAttribute('aria-expanded')).toBe('true')
  fireEvent.click(button)
  expect(screen.queryByRole('region', { name: 'Conflict of TSK-003' })).toBeNull()
})
