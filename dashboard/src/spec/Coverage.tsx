/** Which requirement is met by which task, and which tasks decide how long it all takes. */
import type { Spec } from '../api/types'
import { Glyph, type State } from '../ui/Glyph'
import { hours, linkTo } from './words'

/** More columns than this are no picture any more; the tasks are then listed by requirement. */
const MOST_COLUMNS = 40

type Row = Spec['coverage'][number]

const FACE: Record<Row['status'], { state: State; word: string }> = {
  fully_covered: { state: 'done', word: 'met' },
  partially_covered: { state: 'waiting', word: 'met in part' },
  not_covered: { state: 'failed', word: 'not met' },
}

export function Coverage({ spec }: { spec: Spec }) {
  if (spec.coverage.length === 0) return <p className="text-ink-2">Computed once there are requirements and tasks.</p>
  return spec.tasks.length > MOST_COLUMNS ? <List rows={spec.coverage} /> : <Matrix spec={spec} />
}

function Matrix({ spec }: { spec: Spec }) {
  return (
    <div className="overflow-x-auto rounded-lg border border-line bg-raised" tabIndex={0} role="region" aria-label="Coverage matrix">
      <table className="w-full text-left text-xs">
        <thead className="border-b border-line">
          <tr>
            <th scope="col" className="min-w-44 px-3 py-2 font-semibold">
              Requirement
            </th>
            <th scope="col" className="px-3 py-2 font-semibold">
              Met
            </th>
            {spec.tasks.map(({ id, title }) => (
              <th key={id} scope="col" className="px-1 py-2 font-mono font-normal" title={title}>
                <a href={linkTo(id)} className="inline-block min-h-6 pt-1 hover:underline">
                  {id}
                </a>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {spec.coverage.map((row) => (
            <tr key={row.requirement_id} className="border-b border-line last:border-0">
              <th scope="row" className="px-3 py-1.5 text-left font-normal">
                <a href={linkTo(row.requirement_id)} className="said block min-h-6 pt-1 hover:underline">
                  {row.requirement_title || row.requirement_id}
                </a>
              </th>
              <td className="px-3 py-1.5 whitespace-nowrap">
                <Met row={row} />
              </td>
              {spec.tasks.map(({ id }) => (
                <td key={id} className="px-1 py-1.5 text-center">
                  {row.covered_by_tasks.includes(id) ? <span aria-label="meets it" role="img">●</span> : null}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function List({ rows }: { rows: readonly Row[] }) {
  return (
    <ul className="divide-y divide-line rounded-lg border border-line bg-raised">
      {rows.map((row) => (
        <li key={row.requirement_id} className="px-3 py-1.5">
          <p className="flex flex-wrap justify-between gap-x-3">
            <a href={linkTo(row.requirement_id)} className="said min-h-6 hover:underline">
              {row.requirement_title || row.requirement_id}
            </a>
            <Met row={row} />
          </p>
          <p className="said font-mono text-xs text-ink-2">{row.covered_by_tasks.join(', ')}</p>
        </li>
      ))}
    </ul>
  )
}

function Met({ row }: { row: Row }) {
  const { state, word } = FACE[row.status]
  return (
    <span className="inline-flex flex-col gap-0.5 text-xs">
      <span className="inline-flex items-center gap-1.5">
        <Glyph state={state} label={null} />
        {word}
      </span>
      {row.coverage_notes && <span className="said max-w-56 whitespace-normal text-ink-2">{row.coverage_notes}</span>}
    </span>
  )
}

/** What can be done at the same time, step by step, and the chain that takes longest. */
export function Order({ spec }: { spec: Spec }) {
  if (spec.waves.length === 0) return <p className="text-ink-2">Computed once there are tasks.</p>
  return (
    <div className="flex flex-col gap-3">
      <p>
        {hours(spec.total_hours)} of work; with enough hands {hours(spec.critical_path_hours)}, because these wait for each other:
      </p>
      <ol aria-label="Critical path" className="flex flex-wrap items-center gap-1.5 font-mono text-xs">
        {spec.critical_path.map((id, index) => (
          <li key={id} className="flex items-center gap-1.5">
            {index > 0 && <span aria-hidden="true">→</span>}
            <a href={linkTo(id)} className="rounded-md border border-line-strong bg-raised px-1.5 py-1 font-semibold hover:bg-sunk">
              {id}
            </a>
          </li>
        ))}
      </ol>
      <ol aria-label="What can be done at the same time" className="flex flex-col gap-1 text-xs">
        {spec.waves.map((wave, index) => (
          <li key={index} className="flex gap-2">
            <span className="w-14 shrink-0 text-ink-2">Step {index + 1}</span>
            <span className="said font-mono">{wave.join(', ')}</span>
          </li>
        ))}
      </ol>
    </div>
  )
}
