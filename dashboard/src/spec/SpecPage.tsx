/** All of one spec: how far it is, what it says, and what is asked of whoever reads it. */
import { Link } from '@tanstack/react-router'
import type { Spec } from '../api/types'
import { useTitle } from '../shell/useTitle'
import { Glyph } from '../ui/Glyph'
import { Section } from '../ui/Section'
import { Failed, Loading } from '../ui/states'
import { steady } from '../ui/visible'
import { When } from '../ui/When'
import { Actions } from './Actions'
import { Begun } from './Begun'
import { Coverage, Order } from './Coverage'
import { Design } from './Design'
import { Drift, Revisions } from './Drift'
import { Gate } from './Gate'
import { Halted } from './Halted'
import { usd } from './money'
import { Near } from './Near'
import { Phases } from './Phases'
import { Prd } from './Prd'
import { Questions } from './Questions'
import { Requirements } from './Requirements'
import { Tasks } from './Tasks'
import { useSpec } from './useSpec'
import { faceOf } from './words'

export function SpecPage({ project, id }: { project: string; id: string }) {
  const { spec, query, seen } = useSpec(project, id)
  useTitle(spec?.title ?? 'Spec')
  if (!spec) return query.error ? <Failed error={query.error} again={() => void query.refetch()} /> : <Loading what="the spec" />
  return (
    <article className="mx-auto max-w-5xl p-4">
      <Head {...{ project, spec, seen }} />
      <Begun project={project} />
      <Gate {...{ spec, seen }} />
      <Halted {...{ spec, seen }} />
      <Contents spec={spec} />
      <div className="flex min-w-0 flex-col gap-8">
        <Drift spec={spec} />
        {spec.questions.length > 0 && (
          <Section title="Questions" id="questions">
            <Questions {...{ spec, seen }} />
          </Section>
        )}
        <Section title="Phases" id="phases">
          <Phases spec={spec} />
        </Section>
        {isWanted(spec) && (
          <Section title="What is wanted" id="wanted">
            <Prd spec={spec} />
          </Section>
        )}
        <Section title={`Requirements${count(spec.requirements.length)}`} id="requirements">
          <Requirements spec={spec} />
        </Section>
        <Section title="Design" id="design">
          <Design spec={spec} />
        </Section>
        <Section title={`Tasks${count(spec.tasks.length)}`} id="tasks">
          <Tasks {...{ project, spec }} />
        </Section>
        {spec.tasks.length > 0 && (
          <>
            <Section title="Order" id="order">
              <Order spec={spec} />
            </Section>
            <Section title="Coverage" id="coverage">
              <Coverage spec={spec} />
            </Section>
          </>
        )}
        <Revisions spec={spec} />
      </div>
    </article>
  )
}

const isWanted = (spec: Spec): boolean => spec.origin.from === 'idea' || spec.explore !== null || spec.prd !== null

const count = (n: number): string => (n > 0 ? ` (${n})` : '')

function Head({ project, spec, seen }: { project: string; spec: Spec; seen(position?: number | null): Promise<void> }) {
  const { state, word, why } = faceOf(spec)
  return (
    <header className="mb-5">
      <p className="mb-1 flex flex-wrap items-center gap-3 text-xs text-ink-2">
        <Link to="/p/$project" params={{ project }} className="underline">
          Project
        </Link>
        <Link to="/p/$project/board" params={{ project }} className="underline">
          Board
        </Link>
        <span>{spec.origin.from === 'idea' ? 'From an idea' : `Imported (${spec.origin.layout})`}</span>
        <span>{spec.gates === 'review' ? 'People are asked at the gates' : 'Gates open by themselves'}</span>
        <Cost spec={spec} />
      </p>
      <div className="flex flex-wrap items-start gap-3">
        <h1 className="said min-w-[min(100%,16rem)] flex-1 text-xl font-semibold">{steady(spec.title)}</h1>
        <Actions {...{ spec, seen }} />
      </div>
      <p className="mt-2 flex flex-wrap items-center gap-x-4 gap-y-1 text-sm">
        <span className="flex items-center gap-1.5">
          <Glyph state={state} label={null} />
          {word}
        </span>
        <span className="text-ink-2">
          submitted <When at={spec.created_at} />, changed <When at={spec.updated_at} />
        </span>
        <span className="font-mono text-xs text-ink-3" title="How often it was changed, and as of which event this is">
          v{spec.version} #{spec.position.toLocaleString('en')}
        </span>
      </p>
      {why && spec.status !== 'halted' && <p className="said mt-2 max-w-[72ch] text-ink-2">{why}</p>}
      <Near {...{ project, spec }} />
      {spec.stale != null && (
        <p role="status" className="mt-2 text-xs text-waiting">
          This spec stands still since #{spec.stale.toLocaleString('en')}: an event could not be applied.
        </p>
      )}
    </header>
  )
}

/** What calls to models came to, and what they may. */
function Cost({ spec: { budget, calls } }: { spec: Spec }) {
  if (budget === null && calls.begun === 0) return null
  return (
    <span title={`${calls.begun} calls to models, ${calls.input_tokens.toLocaleString('en')} tokens read, ${calls.output_tokens.toLocaleString('en')} written`}>
      Models cost {usd(Math.ceil(calls.cost / 1e4) * 1e4)}
      {budget !== null && ` of ${usd(budget)}`}
    </span>
  )
}

function Contents({ spec }: { spec: Spec }) {
  const parts = [
    spec.drift.length > 0 && (['drift', 'Drift'] as const),
    spec.questions.length > 0 && (['questions', 'Questions'] as const),
    ['phases', 'Phases'] as const,
    isWanted(spec) && (['wanted', 'What is wanted'] as const),
    ['requirements', 'Requirements'] as const,
    ['design', 'Design'] as const,
    ['tasks', 'Tasks'] as const,
    ...(spec.tasks.length > 0 ? ([['order', 'Order'], ['coverage', 'Coverage']] as const) : []),
    spec.revisions.length > 0 && (['revisions', 'Revisions'] as const),
  ].filter((part) => part !== false)
  return (
    <nav aria-label="Parts of the spec" className="mb-4 flex flex-wrap gap-x-4 gap-y-1">
      {parts.map(([id, name]) => (
        <a key={id} href={`#${id}`} className="inline-flex min-h-6 items-center text-xs underline decoration-line-strong underline-offset-3 hover:decoration-ink">
          {name}
        </a>
      ))}
    </nav>
  )
}
