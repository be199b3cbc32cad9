/** All that a build needs to know. What was filled in stays, whatever becomes of it. */
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { ProblemError } from '../api/problem'
import type { AgentProfile, Project, SpecGates } from '../api/types'
import { NO_PLAN } from '../project/PlanChooser'
import type { Plan } from '../project/planFiles'
import { buttonLook, Submit } from '../ui/Button'
import { FIELD, Refusal, TextArea, TextField } from '../ui/Field'
import { type FormValues, useForm } from '../ui/useForm'
import { steady } from '../ui/visible'
import { usualAgent } from './agent'
import { AgentChoice } from './AgentChoice'
import type { Order } from './course'
import { Found } from './Found'
import { faultOfPlace, ofRepository } from './place'
import { FIELDS } from './refusal'
import { Steps } from './Steps'
import { useBuild } from './useBuild'
import { Wanted, type Way } from './Wanted'
import { useWhyNotMine } from './whyNotMine'

const MOST_PARALLEL = 1000
const MOST_COMMANDS = 20

interface BuildFormProps {
  projects: readonly Project[]
  profiles: readonly AgentProfile[]
  repository: string | undefined
}

export function BuildForm({ projects, profiles, repository = '' }: BuildFormProps) {
  const [place, setPlace] = useState(repository)
  const [way, setWay] = useState<Way>('idea')
  const [plan, setPlan] = useState<Plan>(NO_PLAN)
  const [agent, setAgent] = useState<string | null>(null)
  const [noModel, setNoModel] = useState(false)
  const whyNotMine = useWhyNotMine()
  const { steps, spec, build } = useBuild(profiles, whyNotMine)
  const found = ofRepository(place.trim(), projects)
  const set = found?.settings.agent ?? null
  const chosen = agent ?? usualAgent(set, profiles)

  const { busy, faults, refusal, setRefusal, form } = useForm({
    check: (values) => (spec ? {} : check(values, way)),
    about: FIELDS,
    async send(values) {
      setNoModel(false)
      if (!spec && way === 'plan') mustBeWhole(plan)
      try {
        await build(orderOf(values, way, plan, agent))
      } catch (error) {
        if (error instanceof ProblemError && error.problems.length > 0) setPlan({ files: plan.files, problems: [...error.problems] })
        setNoModel(error instanceof ProblemError && (error.cause as ProblemError | undefined)?.code === 'no_model')
        throw error
      }
    },
  })
  const take = (next: Plan) => {
    setRefusal(null)
    setPlan(next)
  }
  const refused = Object.values(steps).some(({ state }) => state === 'refused')
  return (
    <form {...form}>
      <fieldset disabled={spec !== null} className="min-w-0">
        <TextField
          label="Repository"
          name="repository"
          maxLength={2000}
          defaultValue={repository}
          placeholder="/srv/billing"
          autoComplete="off"
          spellCheck={false}
          onChange={({ currentTarget }) => setPlace(currentTarget.value)}
          fault={faults['repository'] && steady(faults['repository'])}
          hint={<Found {...{ found, whyNotMine }} />}
        />
        <Wanted {...{ way, plan, noModel }} fault={faults['idea']} onWay={setWay} onPlan={take} />
        <AgentChoice {...{ profiles, set, chosen }} fault={faults['agent'] && steady(faults['agent'])} onChoose={setAgent} />
        <TextArea
          label="What shows that work is done"
          name="verify"
          rows={3}
          className={`${FIELD} font-mono`}
          spellCheck={false}
          placeholder="make test"
          fault={faults['verify']}
          hint={<Verify commands={found?.settings.verify ?? []} />}
        />
        <TextField
          label="Agents at the same time"
          name="parallel"
          inputMode="numeric"
          fault={faults['parallel']}
          hint={`1 to ${MOST_PARALLEL}. Left empty: ${found ? `${found.settings.max_concurrent_runs}, as the project has it` : '5 at first'}.`}
        />
      </fieldset>
      <Steps steps={steps} />
      <Refusal>{refusal && steady(refusal)}</Refusal>
      <div className="flex justify-end gap-2">
        {spec && (
          <Link to="/p/$project/specs/$spec" params={{ project: spec.project, spec: spec.id }} className={buttonLook('plain')}>
            Open the spec
          </Link>
        )}
        <Submit busy={busy} doing="Building …">
          {refused ? 'Go on' : 'Build'}
        </Submit>
      </div>
    </form>
  )
}

function Verify({ commands }: { commands: readonly string[] }) {
  if (commands.length === 0) return <>A command a line that tests the repository: each must exit with 0.</>
  return (
    <>
      A command a line: each must exit with 0. Left empty they are those of the project:{' '}
      <span className="said font-mono">{commands.map(steady).join('; ')}</span>
    </>
  )
}

const linesOf = (text: string): string[] => text.split('\n').map((line) => line.trim()).filter(Boolean)

function check(values: FormValues, way: Way) {
  const parallel = values.text('parallel')
  const isNumber = /^\d+$/.test(parallel) && Number(parallel) >= 1 && Number(parallel) <= MOST_PARALLEL
  return {
    repository: faultOfPlace(values.text('repository')),
    idea: way === 'idea' && !values.text('idea') ? 'Write down what you want.' : null,
    verify: linesOf(values.text('verify')).length > MOST_COMMANDS ? `At most ${MOST_COMMANDS} commands.` : null,
    parallel: parallel && !isNumber ? `A number from 1 to ${MOST_PARALLEL}.` : null,
  }
}

function mustBeWhole({ files, problems }: Plan): void {
  if (problems.length > 0) throw new Error('Nothing was handed in: mend what is listed, and choose it again')
  if (files.length === 0) throw new Error('Choose a folder or files first')
}

/** `agent`: who was chosen. What stands there by itself is chosen when it begins, by what the project says then. */
function orderOf(values: FormValues, way: Way, plan: Plan, agent: string | null): Order {
  const parallel = values.text('parallel')
  return {
    repository: values.text('repository'),
    source: way === 'idea' ? { idea: values.text('idea') } : { files: plan.files },
    agent,
    parallel: parallel ? Number(parallel) : null,
    verify: linesOf(values.text('verify')),
    gates: values.text('gates') as SpecGates,
  }
}
