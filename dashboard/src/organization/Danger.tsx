/** Leaving an organization, and closing it. */
import { useNavigate } from '@tanstack/react-router'
import { type ReactNode, useState } from 'react'
import { closeOrganization, leaveOrganization } from '../api/identity'
import type { Organization } from '../api/identityTypes'
import { ProblemError } from '../api/problem'
import { goAwayFrom } from '../session/doors'
import { announce } from '../shell/announce'
import { Button } from '../ui/Button'
import { Confirm } from '../ui/Confirm'
import { steady } from '../ui/visible'
import type { Here } from './InOrganization'

export function Danger({ organization: { id, name, state }, here }: { organization: Organization; here: Here }) {
  const navigate = useNavigate()
  const [asks, setAsks] = useState<'leave' | 'close' | null>(null)
  const shown = steady(name)

  async function away(said: string) {
    await navigate({ to: '/' })
    await goAwayFrom(id)
    announce(said)
  }

  return (
    <div className="rounded-lg border border-line bg-raised">
      <Way
        title="Leave it"
        what="You lose what you may do here, and your keys end. To come back you need an invitation."
        action={<Button onClick={() => setAsks('leave')}>Leave …</Button>}
      />
      <Way
        title="Close it"
        what="Its projects can be read no more, its keys end, and nobody can open it again."
        action={
          state === 'closed' ? (
            'It is closed.'
          ) : here.may('organization:close') ? (
            <Button onClick={() => setAsks('close')}>Close …</Button>
          ) : (
            'Only an owner can close it.'
          )
        }
      />
      {asks === 'leave' && (
        <Confirm
          title={`Leave ${shown}?`}
          does={`Leave ${shown}`}
          doing="Leaving …"
          run={async () => {
            await leaveOrganization(id).catch((error: unknown) => {
              if (!(error instanceof ProblemError && error.code === 'last_owner')) throw error
              const words = `You are the last owner of ${shown}. Make another member an owner first, or close the organization.`
              throw new ProblemError(error.code, error.status, words)
            })
            await away(`You left ${shown}`)
          }}
          onClose={() => setAsks(null)}
        >
          You lose what you may do here, and your keys end. To come back you need an invitation.
        </Confirm>
      )}
      {asks === 'close' && (
        <Confirm
          title={`Close ${shown} for good?`}
          does={`Close ${shown}`}
          doing="Closing …"
          write={name}
          run={async () => {
            await closeOrganization(id)
            await away(`Closed ${shown}`)
          }}
          onClose={() => setAsks(null)}
        >
          Its projects can be read no more, its keys end, and nobody can open it again, not even whoever runs this server.
        </Confirm>
      )}
    </div>
  )
}

function Way({ title, what, action }: { title: string; what: string; action: ReactNode }) {
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-2 border-b border-line px-3 py-2 last:border-0">
      <div className="min-w-52 flex-1">
        <h3 className="font-semibold">{title}</h3>
        <p className="text-xs text-ink-2">{what}</p>
      </div>
      <div className="text-xs text-ink-2">{action}</div>
    </div>
  )
}
