/** One line when nobody can read the code of a project: why, and what to do then. */
import type { OneProject } from '../api/types'
import { When } from '../ui/When'
import { steady } from '../ui/visible'

export function BrokenRepository({ project }: { project: OneProject }) {
  const { repository } = project
  if (repository?.status !== 'broken') return null
  return (
    <p role="status" className="said mb-5 border-l-2 border-failed pl-3 text-failed">
      The repository cannot be read since <When at={repository.since} />: {steady(repository.reason)}. Then start a run: the next one that
      reads it mends this.
    </p>
  )
}
