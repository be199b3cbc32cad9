/** A person merged a candidate by hand: the commands for that, and the commit that came of it. */
import { type Merge, type MergeCandidate, resolveMerge } from '../api/merges'
import { plain } from '../run/plain'
import { announce } from '../shell/announce'
import { Button, Submit } from '../ui/Button'
import { Dialog } from '../ui/Dialog'
import { Refusal, TextField } from '../ui/Field'
import { useForm } from '../ui/useForm'
import { commandsByHand, isCommit, isDirectory } from './byHand'
import type { Act } from './useMerges'
import { endOf } from './words'

interface ResolveMergeProps {
  merge: Merge
  candidate: MergeCandidate
  /** Of the repository. */
  url: string | undefined
  act: Act
  onClose(): void
}

export default function ResolveMerge({ merge, candidate, url, act, onClose }: ResolveMergeProps) {
  const commands = commandsByHand({ url, head: endOf(merge) ?? '', commit: candidate.commit, number: candidate.number })
  const { busy, faults, refusal, form } = useForm({
    check: (values) => ({ commit: isCommit(values.text('commit')) ? null : 'The whole name of the commit, as the last command prints it: 40 characters, 0 to 9 and a to f.' }),
    async send(values) {
      await act(resolveMerge(merge.id, candidate.task, values.text('commit')))
      announce(`${candidate.number} is verified as you resolved it`)
      onClose()
    },
  })
  return (
    <Dialog title={`Resolve ${plain(candidate.number)} by hand`} onClose={onClose} wide>
      <form {...form}>
        <p className="said mb-2 text-base text-ink-2">
          Make a commit that holds both the end of the branch and the candidate, {url === undefined ? 'in the repository of the project' : isDirectory(url) ? 'on the machine of the server in ' : 'in a clone of '}
          {url && <span className="font-mono text-sm">{plain(url)}</span>}:
        </p>
        {commands ? (
          <pre tabIndex={0} role="region" aria-label="Commands" className="mb-3 overflow-x-auto rounded-md border border-line bg-sunk px-3 py-2 font-mono text-xs select-text">
            {commands.join('\n')}
          </pre>
        ) : (
          <p className="said mb-3 text-waiting">Merge {plain(candidate.commit)} into {plain(endOf(merge) ?? 'the end of the branch')}: a name of these is not as it should be, so no command is offered to paste.</p>
        )}
        {candidate.conflicts.length > 0 && (
          <p className="said mb-3 text-xs text-ink-2">
            Conflicts are in <span className="font-mono">{candidate.conflicts.map(plain).join(', ')}</span>
          </p>
        )}
        <Refusal>{refusal}</Refusal>
        <TextField label="Commit" name="commit" autoComplete="off" autoCapitalize="none" spellCheck={false} maxLength={64} data-first="" fault={faults['commit']} hint="It goes through the same verification as all others." />
        <div className="flex justify-end gap-2">
          <Button kind="quiet" onClick={onClose}>
            Cancel
          </Button>
          <Submit busy={busy} doing="Handing it in …">
            Hand it in
          </Submit>
        </div>
      </form>
    </Dialog>
  )
}
