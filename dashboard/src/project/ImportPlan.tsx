/** A folder with a plan: chosen or dropped, and sent when nothing is wrong with it. */
import { useState } from 'react'
import { ProblemError } from '../api/problem'
import { importSpec } from '../api/specs'
import type { SpecGates, SpecStanding } from '../api/types'
import { Button, Submit } from '../ui/Button'
import { Refusal, TextField } from '../ui/Field'
import { useForm } from '../ui/useForm'
import { Gates } from './Gates'
import { NO_PLAN, PlanChooser } from './PlanChooser'
import type { Plan } from './planFiles'

interface ImportPlanProps {
  project: string
  onClose(): void
  done(standing: SpecStanding): Promise<void>
}

export function ImportPlan({ project, onClose, done }: ImportPlanProps) {
  const [plan, setPlan] = useState<Plan>(NO_PLAN)
  const { busy, refusal, setRefusal, form } = useForm({
    async send(values) {
      if (plan.files.length === 0 || plan.problems.length > 0) {
        throw new Error(plan.problems.length > 0 ? 'Nothing was sent: mend what is listed, and choose it again' : 'Choose a folder or files first')
      }
      const title = values.text('title')
      const gates = values.text('gates') as SpecGates
      try {
        await done(await importSpec(project, { files: plan.files, gates, ...(title ? { title } : {}) }))
      } catch (error) {
        if (error instanceof ProblemError) setPlan({ files: plan.files, problems: [...error.problems] })
        throw error
      }
    },
  })
  const take = (chosen: Plan) => {
    setRefusal(null)
    setPlan(chosen)
  }
  return (
    <form {...form}>
      <PlanChooser plan={plan} nothing="nothing was imported" onPlan={take} />
      <Refusal>{refusal}</Refusal>
      <div className="grid gap-x-4 sm:grid-cols-2">
        <TextField label="Title" name="title" maxLength={200} hint="Left empty it is what the plan says." />
        <Gates usual="review" />
      </div>
      <div className="flex justify-end gap-2">
        <Button kind="quiet" onClick={onClose}>
          Cancel
        </Button>
        <Submit busy={busy} doing="Importing …">
          Import
        </Submit>
      </div>
    </form>
  )
}
