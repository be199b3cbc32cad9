/** What is there already and says nearly the same: a warning, and the way there. */
import { Link } from '@tanstack/react-router'
import type { Spec } from '../api/types'
import { steady } from '../ui/visible'

export function Near({ project, spec }: { project: string; spec: Spec }) {
  const near = spec.near_duplicates ?? []
  if (near.length === 0) return null
  return (
    <p role="status" className="said mt-2 max-w-[72ch] text-xs text-waiting">
      Says nearly the same as{' '}
      {near.map(({ id, title, similarity, model }, n) => (
        <span key={id}>
          {n > 0 && ', '}
          <Link to="/p/$project/specs/$spec" params={{ project, spec: id }} className="underline" title={`${id}, compared by ${model}`}>
            {steady(title)}
          </Link>{' '}
          ({Math.round(similarity * 100)} % alike)
        </span>
      ))}
    </p>
  )
}
