/** Another plan in the place of the accepted one: what that changes is shown before it is sent. */
import { useState } from 'react'
import { ProblemError, wordsOf } from '../api/problem'
import { previewRevision, reviseSpec } from '../api/specs'
import type { RevisedSpec, Spec } from '../api/types'
import { NO_PLAN, PlanChooser } from '../project/PlanChooser'
import type { Plan } from '../project/planFiles'
import { announce } from '../shell/announce'
import { Button, Submit } from '../ui/Button'
import { Dialog } from '../ui/Dialog'
import { Refusal } from '../ui/Field'
import { useForm } from '../ui/useForm'
import { visible } from '../ui/visible'

interface ReviseProps {
  spec: Spec
  seen(position?: number | null): Promise<void>
  onClose(): void
}

type Changes = RevisedSpec['changes']

export default function Revise({ spec, seen, onClose }: ReviseProps) {
  // What was looked at when the dialog opened: a yes to the changes is a yes to changing that.
  const [hash] = useState(spec.plan_hash ?? '')
  const [plan, setPlan] = useState<Plan>(NO_PLAN)
  const [changes, setChanges] = useState<Changes | null>(null)
  const { busy, refusal, setRefusal, form } = useForm({
    async send() {
      if (!changes) throw new Error('Choose the folder of the revised plan first')
      const { position } = await reviseSpec(spec.id, { content_hash: hash, files: plan.files })
      announce('Revised')
      await seen(position)
      onClose()
    },
  })
  const take = async (chosen: Plan) => {
    setRefusal(null)
    setChanges(null)
    setPlan(chosen)
    if (chosen.problems.length > 0) return
    try {
      setChanges((await previewRevision(spec.id, { content_hash: hash, files: chosen.files })).changes)
    } catch (error) {
      if (error instanceof ProblemError && error.problems.length > 0) setPlan({ files: chosen.files, problems: [...error.problems] })
      else setRefusal(wordsOf(error))
    }
  }
  const same = changes !== null && isEmpty(changes)
  return (
    <Dialog title="Revise the plan" onClose={onClose} wide>
      <form {...form}>
        <p className="mb-3 text-base text-ink-2">Export the plan, change its files, and bring them here. What would change is shown before anything is.</p>
        <PlanChooser plan={plan} nothing="nothing was revised" onPlan={(chosen) => void take(chosen)} />
        <Refusal>{refusal}</Refusal>
        <div aria-live="polite">{changes && (same ? <p className="mb-3 text-base">The plan is the same: nothing would change.</p> : <Preview changes={changes} />)}</div>
        <div className="flex justify-end gap-2">
          <Button kind="quiet" onClick={onClose}>
            Not now
          </Button>
          {changes && !same && (
            <Submit busy={busy} doing="Revising …">
              Revise
            </Submit>
          )}
        </div>
      </form>
    </Dialog>
  )
}

const isEmpty = ({ requirements, design, tickets, tasks }: Changes): boolean => !design && requirements.length + tickets.length + tasks.length === 0

function Preview({ changes }: { changes: Changes }) {
  return (
    <div className="mb-4 flex flex-col gap-3" role="group" aria-label="What changes">
      <Part name="Requirements" changes={changes.requirements} />
      {changes.design && <p className="text-xs">The design is another one.</p>}
      <Part name="Tickets" changes={changes.tickets} />
      <Part name="Tasks" changes={changes.tasks} />
    </div>
  )
}

function Part({ name, changes }: { name: string; changes: Changes['tasks'] }) {
  if (changes.length === 0) return null
  return (
    <div>
      <h3 className="mb-1 text-xs font-semibold">{name}</h3>
      <ul aria-label={name} className="flex flex-col gap-1">
        {changes.map(({ id, change, title, number, stays }) => (
          <li key={id} className="said grid grid-cols-[4.5rem_4.5rem_minmax(0,1fr)] items-baseline gap-x-2">
            <span className="text-xs text-ink-2">{change}</span>
            <span className="font-mono text-xs">{visible(number ?? id)}</span>
            <span className="min-w-0">{visible(title)}</span>
            {stays && <span className="col-start-3 text-xs text-waiting">stays as it is: it was begun, or is over</span>}
          </li>
        ))}
      </ul>
    </div>
  )
}
