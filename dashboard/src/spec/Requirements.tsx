/** What must hold. Each requirement with its criteria, taken apart where they are EARS. */
import type { Spec } from '../api/types'
import { steady } from '../ui/visible'
import { CriterionBlock, Ears } from './Ears'
import { Lines } from './Prd'
import { Problems } from './Problems'
import { faultsAt, latestVerdict } from './verdict'
import { placeOf } from './words'

export function Requirements({ spec }: { spec: Spec }) {
  const verdict = latestVerdict(spec, 'requirements')
  if (spec.requirements.length === 0) return <p className="text-ink-2">Not written yet.</p>
  return (
    <div className="flex flex-col gap-4">
      <ol className="flex flex-col gap-3">
        {spec.requirements.map((requirement) => (
          <li key={requirement.id} id={placeOf(requirement.id)} className="scroll-mt-4 rounded-lg border border-line bg-raised p-3">
            <h3 className="flex flex-wrap items-baseline gap-x-2">
              <span className="said text-base font-semibold">{steady(requirement.title)}</span>
              <span className="font-mono text-xs text-ink-3">{requirement.id}</span>
              <span className="text-xs text-ink-2">{[requirement.type, requirement.priority].filter(Boolean).join(', ')}</span>
            </h3>
            {requirement.ears ? (
              <div className="mt-1.5">
                <Ears ears={requirement.ears} />
              </div>
            ) : (
              <p className="said mt-1 max-w-[72ch] text-ink-2">{requirement.text}</p>
            )}
            {requirement.criteria.length > 0 && (
              <ol className="mt-2 flex flex-col gap-2" aria-label={`Criteria of ${requirement.id}`}>
                {requirement.criteria.map((criterion, index) => (
                  <li key={index} className="grid grid-cols-[1.75rem_1fr] gap-1">
                    <span className="pt-0.5 font-mono text-xs text-ink-3">{index + 1}</span>
                    <CriterionBlock criterion={criterion} />
                  </li>
                ))}
              </ol>
            )}
            {requirement.dependencies.length > 0 && (
              <p className="mt-2 text-xs text-ink-2">
                Needs <span className="font-mono">{requirement.dependencies.join(', ')}</span>
              </p>
            )}
            <Problems problems={faultsAt(verdict, requirement.id)} />
          </li>
        ))}
      </ol>
      {spec.statements.length > 0 && (
        <div>
          <h3 className="mb-1 text-xs font-semibold">Words and sentences that all of them stand on</h3>
          <dl className="grid gap-x-4 gap-y-1 sm:grid-cols-[10rem_1fr]">
            {spec.statements.map(({ id, text }) => (
              <div key={id} className="contents">
                <dt className="said font-semibold sm:text-right">{id}</dt>
                <dd className="said max-w-[72ch]">{text}</dd>
              </div>
            ))}
          </dl>
        </div>
      )}
      <div className="flex max-w-[72ch] flex-col gap-4 empty:hidden">
        <Lines title="Taken for granted" lines={spec.assumptions} />
        <Lines title="Not meant" lines={spec.out_of_scope} />
        <Lines title="Still open" lines={spec.open_questions} />
      </div>
    </div>
  )
}
