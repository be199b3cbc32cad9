/** A sentence of EARS, taken apart: where, while, when or if, and what the system then shall do. */
import type { ReactNode } from 'react'
import type { Spec } from '../api/types'

type Criterion = Spec['requirements'][number]['criteria'][number]
export type EarsSentence = NonNullable<Criterion['ears']>

export function CriterionBlock({ criterion }: { criterion: Criterion }) {
  if (criterion.ears) return <Ears ears={criterion.ears} />
  return (
    <div className="border-l-2 border-line-strong py-0.5 pl-3">
      {criterion.kind === 'scenario' && <span className="mr-1.5 text-xs text-ink-3">Scenario</span>}
      <span className="said">{criterion.text}</span>
    </div>
  )
}

export function Ears({ ears }: { ears: EarsSentence }) {
  const { feature, precondition, trigger, system, modal, response, warnings = [] } = ears
  const asked = feature || precondition || trigger
  return (
    <div className="flex flex-col gap-0.5 border-l-2 border-line-strong py-0.5 pl-3">
      {feature && <Clause word="WHERE" look="text-guardian">{feature}</Clause>}
      {precondition && <Clause word="WHILE" look="text-running">{precondition}</Clause>}
      {trigger && (
        <Clause word={trigger.keyword.toUpperCase()} look={trigger.keyword === 'if' ? 'text-blocked' : 'text-waiting'}>
          {trigger.text}
        </Clause>
      )}
      <Clause word={asked ? 'THEN' : ''} look="text-done">
        {system} <Keyword look="text-done">{modal}</Keyword> {response}
      </Clause>
      {warnings.map(({ phrase, column }) => (
        <p key={column} className="text-xs text-waiting">
          “{phrase.replaceAll('_', ' ')}” says no exact thing: say what shall be so.
        </p>
      ))}
    </div>
  )
}

function Clause({ word, look, children }: { word: string; look: string; children: ReactNode }) {
  return (
    <p className="said">
      {word && (
        <>
          <Keyword look={look}>{word}</Keyword>{' '}
        </>
      )}
      {children}
    </p>
  )
}

const Keyword = ({ look, children }: { look: string; children: string }) => (
  <span className={`font-mono text-xs font-semibold ${look}`}>{children}</span>
)
