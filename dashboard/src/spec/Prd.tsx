/** What is wanted, for whom and why: the idea, what was found, and the product requirements. */
import type { ReactNode } from 'react'
import type { Spec } from '../api/types'

export function Prd({ spec }: { spec: Spec }) {
  const { origin, explore, prd } = spec
  return (
    <div className="flex max-w-[72ch] flex-col gap-3">
      {origin.from === 'idea' && (
        <Part title="The idea">
          <p className="said text-base">{origin.idea}</p>
        </Part>
      )}
      {explore?.codebase_summary && (
        <Part title="What is there already">
          <p className="said">{explore.codebase_summary}</p>
          <p className="said text-xs text-ink-2">{[explore.project_type, ...explore.tech_stack].filter(Boolean).join(', ')}</p>
        </Part>
      )}
      {prd && (
        <>
          <Part title="In short">
            <p className="said">{[prd.overview.one_liner, prd.overview.problem_statement, prd.overview.solution_summary].filter(Boolean).join('\n\n')}</p>
          </Part>
          <Lines title="Goals" lines={[...prd.goals.primary, ...(prd.goals.secondary ?? [])]} />
          <Lines title="Meant" lines={prd.scope.in_scope} />
          <Lines title="Not meant" lines={prd.scope.out_of_scope} />
          <Lines title="Stories" lines={prd.user_stories.map(({ role, want, benefit }) => `As ${role}, I want ${want}, so that ${benefit}.`)} />
          <Lines title="Taken for granted" lines={prd.assumptions} />
          <Lines title="Risks" lines={prd.risks.map(({ risk, mitigation }) => (mitigation ? `${risk}: ${mitigation}` : risk))} />
        </>
      )}
    </div>
  )
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div>
      <h3 className="mb-1 text-xs font-semibold">{title}</h3>
      {children}
    </div>
  )
}

export function Lines({ title, lines }: { title: string; lines: readonly string[] }) {
  if (lines.length === 0) return null
  return (
    <Part title={title}>
      <ul className="list-disc pl-4">
        {lines.map((line, index) => (
          <li key={index} className="said">
            {line}
          </li>
        ))}
      </ul>
    </Part>
  )
}
