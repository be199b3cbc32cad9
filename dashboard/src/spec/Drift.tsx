/** Where requirements and work say different things, and how often the plan was revised. Nothing is said where nothing is. */
import type { Spec } from '../api/types'
import { Section } from '../ui/Section'
import { visible } from '../ui/visible'
import { When } from '../ui/When'
import { linkTo, plainName } from './words'

export function Drift({ spec }: { spec: Spec }) {
  if (spec.drift.length === 0) return null
  return (
    <Section title={`Drift (${spec.drift.length})`} id="drift">
      <ul className="flex flex-col gap-1.5">
        {spec.drift.map((one, index) => (
          <li key={index} className="said max-w-[72ch] border-l-2 border-waiting pl-2">
            {one.message} <span className="text-xs text-ink-3">{plainName(one.code)}</span>
            {one.requirement && (
              <a className="ml-2 font-mono text-xs underline" href={linkTo(one.requirement)}>
                {visible(one.requirement)}
              </a>
            )}
          </li>
        ))}
      </ul>
    </Section>
  )
}

export function Revisions({ spec }: { spec: Spec }) {
  if (spec.revisions.length === 0) return null
  return (
    <Section title={`Revisions (${spec.revisions.length})`} id="revisions">
      <ol className="flex flex-col gap-1.5">
        {spec.revisions.map(({ at, work }, index) => (
          <li key={index} className="said">
            <When at={at} />: {work ? said(work) : 'its work does not follow yet'}
          </li>
        ))}
      </ol>
    </Section>
  )
}

type Work = NonNullable<Spec['revisions'][number]['work']>

/** `added TSK-009; withdrawn TSK-003, TSK-005`. */
function said({ added, changed, withdrawn, kept }: Work): string {
  const parts = [
    ['added', added],
    ['changed', changed],
    ['withdrawn', withdrawn],
    ['stayed as they were', kept],
  ] as const
  const told = parts.filter(([, ids]) => ids.length > 0).map(([what, ids]) => `${what} ${ids.map(visible).join(', ')}`)
  return told.length > 0 ? told.join('; ') : 'no ticket and no task changed'
}
