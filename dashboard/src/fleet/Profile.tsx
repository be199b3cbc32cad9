/** What the server says of a profile: what its agent can do, or what it lacks to run and what to do about that. */
import type { AgentProfile } from '../api/types'
import { plain } from '../run/plain'
import { Glyph } from '../ui/Glyph'

export function Profile({ profile }: { profile: AgentProfile | null }) {
  if (!profile) return <p className="text-xs text-ink-2">The settings of the server have no such profile any more.</p>
  if (profile.lack) {
    const { reason, mend } = profile.lack
    return (
      <p className="said flex items-start gap-1.5 text-xs">
        <span className="pt-px">
          <Glyph state="blocked" label={null} />
        </span>
        <span className="min-w-0">
          <span className="text-blocked">Cannot run: {plain(reason)}.</span> <span className="text-ink-2">{plain(mend)}</span>
        </span>
      </p>
    )
  }
  return (
    <p className="text-xs text-ink-2">
      {!profile.asked && 'Its program is being asked what it is. '}
      {profile.takes_messages ? 'Hears what you say while it works.' : 'Hears nothing while it works.'}
    </p>
  )
}
