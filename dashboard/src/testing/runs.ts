/** A run for tests: it goes on, and a script drives its agent. */
import type { AgentProfile, Intervention, RecordedEvent, Run } from '../api/types'
import { event } from './events'
import { serve } from './render'

export const PROJECT = '36d076fe-bcc4-8ccc-a9ab-9021efaf03b1'
export const RUN = '5b0f8a1e-2d4c-8e6f-9a3b-7c1d2e3f4a5b'
export const TASK = '1b8401c9-fd44-856d-af67-689be0328d3f'
export const TICKET = '346954e4-8d30-854f-b911-1b893dd2f4ad'
export const ADA = 'edeaa776-eb12-830a-8660-5e375fbbca63'
export const HOSTILE = '<img src=x onerror="window.hit=1"> \u001b[31mred\u001b[0m user\u202Efdp.exe'
export const STEER = '0f0f8a1e-2d4c-8e6f-9a3b-7c1d2e3f4a5b'
const AT = '2026-11-28T09:14:07.120031Z'

export const theRun: Run = {
  id: RUN,
  project: PROJECT,
  task: TASK,
  agent: 'scripted',
  driver: 'scripted',
  mode: 'implementation',
  status: 'active',
  outcome: null,
  cost: 0,
  last_seen_at: AT,
  created_at: AT,
  updated_at: AT,
  ended_at: null,
  progress: { status: 'active' },
  epoch: 1,
  agent_version: '1.2.3',
  by: ADA,
  limits: { wall_s: 3600, idle_s: 600, no_progress_s: 900, budget: 20_000_000 },
  place: { provider: 'local', node: 'node-1', branch: 'omoi/TSK-001-mend-add', base: '0c1d2e3f4a5b60718293', at: '0c1d2e3f4a5b60718293', on: [] },
  level: 'full',
  sandbox_lost: false,
  released: false,
  snapshot: null,
  steer: null,
  interrupting: false,
  evidence: null,
  seen: {
    turns: 1,
    messages: 1,
    thoughts: 1,
    tools: 1,
    files: 1,
    commands: 1,
    failed_commands: 1,
    events: 9,
    calls: { begun: 0, failed: 0, ambiguous: 0, input_tokens: 0, output_tokens: 0, cost: 0 },
    first_at: AT,
    last_at: AT,
    last: null,
  },
  version: 4,
  position: 60,
  stale: null,
}

/** As a server says it of a profile whose agent can run. */
export const profile = (given: Partial<AgentProfile> = {}): AgentProfile => ({ name: 'scripted', driver: 'scripted', takes_messages: true, interrupts: true, asked: true, version: null, lack: null, ...given })

/** It is over. */
export const endedRun = (code: string, outcome: NonNullable<Run['outcome']>, reason: string): Run => ({
  ...theRun,
  status: 'ended',
  outcome,
  progress: { status: 'ended', outcome, code, reason },
  ended_at: '2026-11-28T09:15:19.120031Z',
  released: true,
})

/** Words as the server opens them. */
export const said = (text: string | null) => ({ in: 'event', sealed: 'c2VhbGVk', text })

export const seen = (position: number, type: string, payload: Record<string, unknown> = {}): RecordedEvent =>
  event({ position, type, aggregate_type: type.split('.')[0]!, aggregate_id: RUN, payload: { at: new Date(Date.parse(AT) + position * 1000).toISOString(), turn: 1, ...payload } })

/** All kinds of things, one of each. */
export const story: readonly RecordedEvent[] = [
  seen(40, 'run.started', { agent: 'scripted' }),
  seen(41, 'run.sandbox_ready', { level: 'full' }),
  seen(42, 'trajectory.turn_started', { prompt: said('Mend add.') }),
  seen(43, 'trajectory.thought_emitted', { text: said('It subtracts.\nThat is wrong.') }),
  seen(44, 'trajectory.message_emitted', { text: said(`I look at ${HOSTILE}`) }),
  seen(45, 'trajectory.tool_called', { call: 'call-1', tool: 'write', kind: 'edit', input: said('calc.sh') }),
  seen(46, 'trajectory.tool_returned', { call: 'call-1', ok: false, output: said('it is read-only') }),
  seen(47, 'trajectory.command_ran', { command: said('sh check.sh'), exit: 1, duration_ms: 1234, output: said(Array.from({ length: 30 }, (_, n) => `line ${n + 1}`).join('\n')), output_bytes: 2048 }),
  seen(48, 'trajectory.file_changed', { path: 'calc.sh', change: 'modified', added: 1, removed: 1, diff: said('--- a/calc.sh\n+++ b/calc.sh\n@@ -1 +1 @@\n-add() { echo $(($1 - $2)); }\n+add() { echo $(($1 + $2)); }\n') }),
  seen(49, 'trajectory.plan_updated', { plan: said('[{"text":"Mend it","status":"in_progress"}]') }),
  seen(50, 'trajectory.question_raised', { text: said('May I change the test?') }),
  seen(51, 'trajectory.noted', { code: 'stderr', text: said('it complained') }),
  seen(52, 'run.steer_requested', { steer: STEER, text: said('Leave the test.'), by: ADA }),
  seen(53, 'run.steer_written', { steer: STEER, mechanism: 'between_moves' }),
  seen(54, 'run.steer_folded', { steer: STEER, turn: 1 }),
]

const task = { id: TASK, number: 'TSK-001', title: 'Mend add', ticket: TICKET, status: 'running', near_duplicates: [] }

/** A server with a run. What is put into `log` has happened. */
export function runServer(run: Run = theRun, events: readonly RecordedEvent[] = story, interventions: readonly Intervention[] = []) {
  const log = [...events]
  const asked = serve({
    [`GET /api/v1/runs/${RUN}`]: () => ({ body: run }),
    [`GET /api/v1/runs/${RUN}/events`]: ({ search }) => {
      if (search.has('before')) {
        const last = log.filter(({ position }) => position < Number(search.get('before'))).slice(-Number(search.get('limit')))
        return { body: { events: last, next: last[0]?.position ?? Number(search.get('before')) } }
      }
      const after = Number(search.get('after'))
      const page = log.filter(({ position }) => position > after).slice(0, Number(search.get('limit')))
      return { body: { events: page, next: page.at(-1)?.position ?? after } }
    },
    'GET /api/v1/interventions': { body: { position: 60, next: null, interventions } },
    'GET /api/v1/agents': { body: { position: 60, agents: [], profiles: [profile(), profile({ name: 'command', driver: 'command', takes_messages: false })] } },
    [`GET /api/v1/tasks/${TASK}`]: { body: task },
    [`POST /api/v1/runs/${RUN}/messages`]: { body: { id: RUN, task: TASK, agent: 'scripted', status: 'active', version: 5, position: 61, message: STEER } },
    [`POST /api/v1/runs/${RUN}/interrupt`]: { body: { id: RUN, task: TASK, agent: 'scripted', status: 'active', version: 5, position: 61 } },
    [`POST /api/v1/runs/${RUN}/stop`]: { body: { id: RUN, task: TASK, agent: 'scripted', status: 'stopping', version: 5, position: 61 } },
  })
  return { asked, log }
}
