import { expect, test } from 'vitest'
import { MOST_BYTES, planOf } from './planFiles'

const chosen = (path: string, content: BlobPart) => ({ path, file: new File([content], path.split('/').at(-1)!) })

test('Markdown of the outermost folder is taken, in order and with its folder', async () => {
  const plan = await planOf([chosen('todo/tasks.md', 'b'), chosen('todo/deep/notes.md', 'c'), chosen('todo/design.MD', 'a'), chosen('todo/x.png', 'd')])
  expect(plan).toEqual({ problems: [], files: [{ path: 'todo/design.MD', text: 'a' }, { path: 'todo/tasks.md', text: 'b' }] })
})

test('a text keeps what it begins with, also a mark of byte order', async () => {
  const { files } = await planOf([chosen('plan.md', '\ufeff# Todo')])
  expect(files[0]!.text).toBe('\ufeff# Todo')
})

test('what is no UTF-8 is named with its line, and what is too large with its size; both at once', async () => {
  const bad = new Uint8Array([...new TextEncoder().encode('# Ä\nfine\n'), 0xff, 0x0a, 0x61])
  const cut = new Uint8Array([0x61, 0x0a, 0xc3])
  const { files, problems } = await planOf([
    chosen('a/bad.md', bad),
    chosen('a/cut.md', cut),
    chosen('a/good.md', 'x'.repeat(MOST_BYTES)),
    chosen('a/large.md', 'x'.repeat(MOST_BYTES + 1)),
  ])
  expect(files.map(({ path }) => path)).toEqual(['a/good.md'])
  expect(problems.map(({ code, file, line }) => [code, file, line])).toEqual([
    ['not_utf8', 'bad.md', 3],
    ['not_utf8', 'cut.md', 2],
    ['too_large', 'large.md', 1],
  ])
})

test('without Markdown it is no plan', async () => {
  const { files, problems } = await planOf([chosen('a.txt', 'x')])
  expect(files).toEqual([])
  expect(problems.map(({ code }) => code)).toEqual(['not_a_plan'])
})
