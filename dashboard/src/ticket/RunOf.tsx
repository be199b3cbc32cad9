/** From a task to its runs: the one that goes on, those of before, and a button that starts one. */
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { wordsOf } from '../api/problem'
import { readRun, runQuery, startRun } from '../api/runs'
import type { Task } from '../api/types'
import { useOnlyLooking } from '../session/role'
import { Button } from '../ui/Button'

const LINK = 'inline-flex min-h-6 items-center underline decoration-line-strong underline-offset-3 hover:decoration-ink'

export function RunOf({ project, task }: { project: string; task: Task }) {
  const looking = useOnlyLooking()
  const navigate = useNavigate()
  const queries = useQueryClient()
  const start = useMutation({
    async mutationFn() {
      const { id, position } = await startRun(task.id)
      // Its page would find nothing yet.
      queries.setQueryData(runQuery(id).queryKey, await readRun(id, position ?? undefined))
      return id
    },
    onSuccess: (id) => navigate({ to: '/p/$project/runs/$run', params: { project, run: id } }),
  })
  const { progress } = task
  const now = (progress.status === 'claimed' || progress.status === 'running') && progress.by.kind === 'run' ? progress.by.run : null
  // What the task itself says of runs of before: failed attempts, and evidence.
  const before = task.attempt > 0 || task.iteration > 0
  const canStart = task.status === 'ready' && !looking
  if (!now && !before && !canStart) return null
  return (
    <span className="block text-xs">
      <span role="alert" className="said block text-failed empty:hidden">
        {start.error && wordsOf(start.error)}
      </span>
      <span className="flex flex-wrap items-center gap-x-3">
        {now && (
          <Link to="/p/$project/runs/$run" params={{ project, run: now }} className={LINK}>
            Watch its run
          </Link>
        )}
        {before && (
          <Link to="/p/$project/runs" params={{ project }} search={{ task: task.id }} className={LINK}>
            Its runs
          </Link>
        )}
        {canStart && (
          <Button disabled={start.isPending} onClick={() => start.mutate()}>
            <span>
              {start.isPending ? 'Starting …' : 'Start run'} <span className="sr-only">of {task.number}</span>
            </span>
          </Button>
        )}
      </span>
    </span>
  )
}
