/** The board of a project: read once, then kept true by the socket. */
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useMemo } from 'react'
import { readBoard } from '../api/reads'
import { live } from '../live'
import { tell } from '../shell/announce'
import { knowsAllColumns } from './model'
import { boardOf } from './store'

/** A column that stays unknown must not be asked for in a loop. */
const ASK_EACH_MS = 5000

export function useBoard(project: string) {
  const board = useMemo(() => boardOf(project), [project])
  const queries = useQueryClient()
  const query = useQuery({
    queryKey: ['board', project],
    queryFn: async ({ signal }) => {
      const read = await readBoard(project, undefined, signal)
      board.seed(read)
      return { position: read.position, stale: read.stale }
    },
  })
  const ready = query.isSuccess

  useEffect(() => {
    if (!ready) return
    let asked = 0
    return live.follow({
      topic: { kind: 'board', project },
      from: board.getState().shown.latest.position,
      async read(anew) {
        const read = await readBoard(project)
        board.seed(read, anew)
        return read.position
      },
      latest(frames) {
        tell(board.take(frames))
        if (knowsAllColumns(board.getState().shown) || Date.now() - asked < ASK_EACH_MS) return
        asked = Date.now()
        void queries.invalidateQueries({ queryKey: ['board', project] })
      },
    })
  }, [project, board, queries, ready])

  return { board, query }
}
