/** The specs of a project: those that wait for somebody first. */
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { SpecLine } from '../api/types'
import { faceOf } from '../spec/words'
import { Glyph } from '../ui/Glyph'
import { Empty, Failed, Loading } from '../ui/states'
import { steady } from '../ui/visible'
import { When } from '../ui/When'
import { useSpecs } from './useSpecs'

interface SpecsProps {
  project: string
  slug: string
  /** The one button, or why there is none. */
  create: ReactNode
  offers: boolean
}

export function Specs({ project, slug, create, offers }: SpecsProps) {
  const { data, error, isPending, refetch } = useSpecs(project)
  if (isPending) return <Loading what="the specs" />
  if (!data) return <Failed error={error} again={() => void refetch()} />
  if (data.specs.length === 0) {
    return (
      <Empty title="No spec yet" {...(offers ? { command: `omoi spec submit --project ${slug} --import plan` } : {})} action={create}>
        A spec is an idea or a plan on its way to work: what must hold, how it is built, and in which steps.
      </Empty>
    )
  }
  const specs = data.specs.toSorted((a, b) => Number(waits(b)) - Number(waits(a)))
  return (
    <>
      <div className="mb-3">{create}</div>
      <ul className="divide-y divide-line rounded-lg border border-line bg-raised">
        {specs.map((spec) => (
          <Row key={spec.id} project={project} spec={spec} />
        ))}
      </ul>
      {data.stale != null && (
        <p role="status" className="mt-2 text-xs text-waiting">
          This list stands still since #{data.stale.toLocaleString('en')}: an event could not be applied.
        </p>
      )}
    </>
  )
}

const waits = ({ status }: SpecLine): boolean => status === 'awaiting_approval' || status === 'awaiting_answers'

function Row({ project, spec }: { project: string; spec: SpecLine }) {
  const { state, word, why } = faceOf(spec)
  return (
    <li className="flex min-h-(--row) flex-wrap items-center gap-x-4 gap-y-0.5 px-3 py-1.5 hover:bg-sunk">
      <Link
        to="/p/$project/specs/$spec"
        params={{ project, spec: spec.id }}
        className="inline-flex min-h-6 min-w-0 items-center font-semibold underline decoration-line-strong underline-offset-3 hover:decoration-ink sm:flex-1"
      >
        <span className="said">{steady(spec.title)}</span>
      </Link>
      <span className="flex items-center gap-1.5 text-xs" title={why}>
        <Glyph state={state} label={null} />
        {word}
      </span>
      <span className="text-xs text-ink-2">
        {spec.tickets > 0 && `${spec.tickets} tickets, ${spec.tasks} tasks · `}
        <When at={spec.updated_at} />
      </span>
    </li>
  )
}
