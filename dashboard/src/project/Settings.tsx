/** How a project is set up, in words. */
import type { ReactNode } from 'react'
import type { OneProject, Phase } from '../api/types'
import { phaseWord } from '../board/words'
import { When } from '../ui/When'

export function Settings({ project }: { project: OneProject }) {
  const { settings, autonomy, board, gates } = project
  const limits = board.filter(({ wip_limit }) => wip_limit != null)
  const ruled = Object.entries(gates).filter(([, rules]) => rules.length > 0)
  return (
    <dl className="grid gap-x-4 gap-y-1.5 sm:grid-cols-[12rem_1fr]">
      <Line name="State">{project.status === 'active' ? 'Active' : 'Archived'}</Line>
      <Line name="Work">{autonomy ? 'Begins by itself' : 'Begins by hand'}</Line>
      <Line name="Agents at the same time">{settings.max_concurrent_runs}</Line>
      <Line name="Agent">{settings.agent ?? 'None: a task that names none waits'}</Line>
      <Line name="Checked with">
        {settings.verify.length === 0
          ? 'Nothing beyond what a task says'
          : settings.verify.map((command, index) => (
              <code key={index} className="said block font-mono text-xs">
                {command}
              </code>
            ))}
      </Line>
      <Line name="Agents may reach">{settings.hosts?.length ? settings.hosts.join(', ') : 'Nobody outside'}</Line>
      <Line name="At most at once">
        {limits.length === 0 ? 'No limits' : limits.map(({ title, wip_limit }) => `${title} ${wip_limit}`).join(', ')}
      </Line>
      <Line name="Gates">
        {ruled.length === 0
          ? 'None'
          : ruled.map(([phase, rules]) => (
              <span key={phase} className="block">
                {phaseWord(phase as Phase)}: {rules.map(ruleWord).join(', ')}
              </span>
            ))}
      </Line>
      <Line name="Created">
        <When at={project.created_at} />
      </Line>
    </dl>
  )
}

type Rule = OneProject['gates'][string][number]

function ruleWord(rule: Rule): string {
  switch (rule.kind) {
    case 'tasks_done':
      return 'all tasks done'
    case 'approval':
      return 'somebody says yes'
    case 'evidence':
      return rule.level === 'verified' ? 'verified evidence' : 'some evidence'
  }
}

function Line({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="contents">
      <dt className="text-xs leading-(--body-line) font-semibold text-ink-2">{name}</dt>
      <dd className="said min-w-0 max-sm:mb-1.5">{children}</dd>
    </div>
  )
}
