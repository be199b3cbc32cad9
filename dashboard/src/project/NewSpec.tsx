/** A new spec: an idea that is planned, or a plan that is there already. */
import { useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { ProblemError } from '../api/problem'
import { readSpec, specQuery, submitSpec } from '../api/specs'
import type { SpecGates, SpecStanding } from '../api/types'
import { announce } from '../shell/announce'
import { COUNTED, microUsd } from '../spec/money'
import { Button, Submit } from '../ui/Button'
import { Dialog } from '../ui/Dialog'
import { Refusal, TextArea, TextField } from '../ui/Field'
import { useForm } from '../ui/useForm'
import { Gates } from './Gates'
import { ImportPlan } from './ImportPlan'

interface NewSpecProps {
  project: string
  onClose(): void
}

type Way = 'idea' | 'import'

export default function NewSpec({ project, onClose }: NewSpecProps) {
  const [way, setWay] = useState<Way>('idea')
  const navigate = useNavigate()
  const queries = useQueryClient()
  const done = async ({ id, title, position }: SpecStanding) => {
    // The page that opens next must not be told that there is no such spec: what was written is waited for.
    await queries
      .fetchQuery({ ...specQuery(id), queryFn: ({ signal }) => readSpec(id, position ?? undefined, signal) })
      .catch(() => {})
    announce(`Submitted ${title}`)
    onClose()
    void queries.invalidateQueries({ queryKey: ['specs', project] })
    await navigate({ to: '/p/$project/specs/$spec', params: { project, spec: id } })
  }
  return (
    <Dialog title="New spec" onClose={onClose} wide>
      <div role="group" aria-label="What is there" className="mb-4 flex gap-2">
        <Button aria-pressed={way === 'idea'} className="aria-pressed:bg-sunk aria-pressed:font-semibold" onClick={() => setWay('idea')}>
          An idea
        </Button>
        <Button aria-pressed={way === 'import'} className="aria-pressed:bg-sunk aria-pressed:font-semibold" onClick={() => setWay('import')}>
          A plan in files
        </Button>
      </div>
      {way === 'idea' ? (
        <Idea {...{ project, onClose, done }} onImport={() => setWay('import')} />
      ) : (
        <ImportPlan {...{ project, onClose, done }} />
      )}
    </Dialog>
  )
}

interface IdeaProps extends NewSpecProps {
  done(standing: SpecStanding): Promise<void>
  onImport(): void
}

function Idea({ project, onClose, done, onImport }: IdeaProps) {
  const [noModel, setNoModel] = useState(false)
  const { busy, faults, refusal, form } = useForm({
    check: (values) => ({
      idea: values.text('idea') ? null : 'Write what you have in mind.',
      budget: microUsd(values.text('budget')) === null ? 'An amount in dollars, e.g. 20 or 2.50.' : null,
    }),
    async send(values) {
      setNoModel(false)
      const title = values.text('title')
      const budget = microUsd(values.text('budget'))
      const gates = values.text('gates') as SpecGates
      try {
        await done(await submitSpec(project, { idea: values.text('idea'), gates, ...(title ? { title } : {}), ...(budget ? { budget } : {}) }))
      } catch (error) {
        if (error instanceof ProblemError && error.code === 'no_model') setNoModel(true)
        throw error
      }
    },
  })
  return (
    <form {...form}>
      <Refusal>{refusal}</Refusal>
      {noModel && (
        <Button className="mb-3" onClick={onImport}>
          Bring a plan along instead
        </Button>
      )}
      <TextArea label="The idea, in your words" name="idea" rows={7} maxLength={20000} data-first fault={faults['idea']} />
      <TextField label="Title" name="title" maxLength={200} hint="Left empty it is the first line of the idea." />
      <div className="grid gap-x-4 sm:grid-cols-2">
        <Gates usual="review" />
        <TextField
          label="What the model calls may cost, in dollars"
          name="budget"
          inputMode="decimal"
          hint={`Left empty there is no limit. ${COUNTED}`}
          fault={faults['budget']}
        />
      </div>
      <div className="flex justify-end gap-2">
        <Button kind="quiet" onClick={onClose}>
          Cancel
        </Button>
        <Submit busy={busy} doing="Submitting …">
          Submit
        </Submit>
      </div>
    </form>
  )
}
