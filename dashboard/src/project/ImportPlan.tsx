/** A folder with a plan: chosen or dropped, read here, and sent when nothing is wrong with it. */
import { type DragEvent, useId, useState } from 'react'
import { ProblemError } from '../api/problem'
import { importSpec } from '../api/specs'
import type { SpecGates, SpecStanding } from '../api/types'
import { Problems } from '../spec/Problems'
import { Button, Submit } from '../ui/Button'
import { Refusal, TextField } from '../ui/Field'
import { useForm } from '../ui/useForm'
import { visible } from '../ui/visible'
import { Gates } from './NewSpec'
import { type Chosen, dropped, picked, type Plan, planOf } from './planFiles'

interface ImportPlanProps {
  project: string
  onClose(): void
  done(standing: SpecStanding): Promise<void>
}

const NONE: Plan = { files: [], problems: [] }

export function ImportPlan({ project, onClose, done }: ImportPlanProps) {
  const [plan, setPlan] = useState<Plan>(NONE)
  const [over, setOver] = useState(false)
  const hint = useId()
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
  const take = async (chosen: Chosen[]) => {
    if (chosen.length === 0) return
    setRefusal(null)
    setPlan(await planOf(chosen))
  }
  const drag = {
    onDragOver: (event: DragEvent) => {
      event.preventDefault()
      setOver(true)
    },
    onDragLeave: () => setOver(false),
    onDrop: (event: DragEvent) => {
      event.preventDefault()
      setOver(false)
      void dropped(event.dataTransfer.items).then(take)
    },
  }
  return (
    <form {...form}>
      <div {...drag} className={`mb-3 rounded-lg border border-dashed p-3 ${over ? 'border-ink bg-sunk' : 'border-line-strong'}`}>
        <p id={hint} className="mb-2 text-xs text-ink-2">
          A folder of Kiro (requirements.md, design.md, tasks.md) or of spec-kit (spec.md, plan.md, tasks.md), or one Markdown file. Drop it here,
          or choose:
        </p>
        <div className="flex flex-wrap gap-x-6 gap-y-2">
          <Chooser label="Folder" folder describedBy={hint} onChosen={take} />
          <Chooser label="Files" describedBy={hint} onChosen={take} />
        </div>
      </div>
      <Refusal>{refusal}</Refusal>
      <div aria-live="polite">
        {plan.files.length > 0 && (
          <p className="said mb-3 text-xs">
            {plan.files.length === 1 ? '1 file' : `${plan.files.length} files`}:{' '}
            <span className="font-mono">{plan.files.map(({ path }) => visible(path)).join(', ')}</span>
          </p>
        )}
        {plan.problems.length > 0 && (
          <div className="mb-3">
            <p className="text-xs font-semibold">{plan.problems.length === 1 ? 'A problem' : `${plan.problems.length} problems`}; nothing was imported:</p>
            <Problems problems={plan.problems} />
          </div>
        )}
      </div>
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

interface ChooserProps {
  label: string
  folder?: boolean
  describedBy: string
  onChosen(chosen: Chosen[]): Promise<void>
}

function Chooser({ label, folder = false, describedBy, onChosen }: ChooserProps) {
  const id = useId()
  return (
    <div className="min-w-0 text-xs">
      <label htmlFor={id} className="mb-1 block font-semibold">
        {label}
      </label>
      <input
        id={id}
        type="file"
        multiple
        accept={folder ? undefined : '.md'}
        {...(folder ? { webkitdirectory: '' } : {})}
        aria-describedby={describedBy}
        className="max-w-full file:mr-2 file:h-7 file:rounded-md file:border file:border-line-strong file:bg-raised file:px-2.5 file:text-ink"
        onChange={({ currentTarget }) => {
          void onChosen(currentTarget.files ? picked(currentTarget.files) : [])
          // Also the same choice again is a choice: the file may be mended by now.
          currentTarget.value = ''
        }}
      />
    </div>
  )
}
