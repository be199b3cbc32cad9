/** A folder with a plan: chosen or dropped, and read here. What is wrong with it stands below. */
import { type DragEvent, useId, useState } from 'react'
import { Problems } from '../spec/Problems'
import { visible } from '../ui/visible'
import { type Chosen, dropped, picked, type Plan, planOf } from './planFiles'

interface PlanChooserProps {
  plan: Plan
  /** What did not come of it, e.g. `nothing was imported`. */
  nothing: string
  onPlan(plan: Plan): void
}

export const NO_PLAN: Plan = { files: [], problems: [] }

export function PlanChooser({ plan, nothing, onPlan }: PlanChooserProps) {
  const [over, setOver] = useState(false)
  const hint = useId()
  const take = async (chosen: Chosen[]) => {
    if (chosen.length > 0) onPlan(await planOf(chosen))
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
    <>
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
      <div aria-live="polite">
        {plan.files.length > 0 && (
          <p className="said mb-3 text-xs">
            {plan.files.length === 1 ? '1 file' : `${plan.files.length} files`}:{' '}
            <span className="font-mono">{plan.files.map(({ path }) => visible(path)).join(', ')}</span>
          </p>
        )}
        {plan.problems.length > 0 && (
          <div className="mb-3">
            <p className="text-xs font-semibold">
              {plan.problems.length === 1 ? 'A problem' : `${plan.problems.length} problems`}; {nothing}:
            </p>
            <Problems problems={plan.problems} />
          </div>
        )}
      </div>
    </>
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
