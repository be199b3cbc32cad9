/** The notes at the edge. They are read by the live region when they come, and stay until they are put away. */
import { useStore } from 'zustand'
import { Button } from '../ui/Button'
import { Glyph } from '../ui/Glyph'
import { dismiss, notices } from './notices'

export function Notices() {
  const shown = useStore(notices, (state) => state.shown)
  if (shown.length === 0) return null
  return (
    <section aria-label="Notes" className="fixed right-3 bottom-3 z-10 flex w-[min(92vw,26rem)] flex-col gap-2 max-sm:bottom-14">
      {shown.map(({ id, text, action }) => (
        <div key={id} className="rounded-lg border border-line-strong bg-raised p-3 shadow-xl">
          <p className="said flex gap-2">
            <span className="pt-0.5">
              <Glyph state="waiting" label={null} />
            </span>
            {text}
          </p>
          <div className="mt-2 flex justify-end gap-2">
            {action && (
              <Button
                onClick={() => {
                  dismiss(id)
                  action.run()
                }}
              >
                {action.label}
              </Button>
            )}
            <Button kind="quiet" onClick={() => dismiss(id)}>
              Dismiss
            </Button>
          </div>
        </div>
      ))}
    </section>
  )
}
