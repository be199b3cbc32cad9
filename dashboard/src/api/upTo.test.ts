import { QueryClient } from '@tanstack/react-query'
import { expect, test } from 'vitest'
import { readUpTo } from './upTo'

test('what is heard of while an older read is under way is read after it', async () => {
  const queries = new QueryClient()
  const queryKey = ['spec', '1']
  let arrive = (_: { position: number }): void => {}
  const underWay = queries.fetchQuery({ queryKey, queryFn: () => new Promise<{ position: number }>((resolve) => (arrive = resolve)) })
  let reads = 0
  const read = readUpTo(queries, 137, {
    queryKey,
    queryFn: async () => {
      reads += 1
      return { position: 137 }
    },
  })
  arrive({ position: 135 })
  await underWay
  await read
  expect(queries.getQueryData(queryKey)).toEqual({ position: 137 })
  expect(reads).toBe(1)
})
