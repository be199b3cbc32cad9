/**
 * A dialog of the browser. It traps the focus, gives it back, and closes on Escape by itself; Radix' dialog does the same
 * with an injected style element, which the content security policy refuses.
 */
import { type ReactNode, useEffect, useId, useRef } from 'react'

interface DialogProps {
  title: string
  onClose(): void
  children: ReactNode
  wide?: boolean
}

export function Dialog({ title, onClose, children, wide = false }: DialogProps) {
  const element = useRef<HTMLDialogElement>(null)
  const heading = useId()
  useEffect(() => {
    const dialog = element.current
    if (!dialog?.open) dialog?.showModal()
    // What can be pressed first is not always what is asked for.
    dialog?.querySelector<HTMLElement>('[data-first]')?.focus()
    return () => dialog?.close()
  }, [])
  return (
    <dialog
      ref={element}
      aria-labelledby={heading}
      className={`max-h-[85vh] w-[min(92vw,var(--w))] overflow-auto rounded-lg border border-line-strong bg-raised p-4 shadow-2xl ${wide ? '[--w:44rem]' : '[--w:30rem]'}`}
      onCancel={(event) => {
        event.preventDefault()
        onClose()
      }}
      // A press on the backdrop is a press on the dialog itself.
      onMouseDown={(event) => event.target === element.current && isOutside(event) && onClose()}
    >
      <h2 id={heading} className="mr-8 mb-3 text-lg font-semibold">
        {title}
      </h2>
      {children}
      {/* Last, so that what opens has the focus on what it asks for. */}
      <button
        type="button"
        aria-label="Close"
        onClick={onClose}
        className="absolute top-3 right-3 grid size-7 place-items-center rounded-md text-ink-2 hover:bg-sunk hover:text-ink"
      >
        ×
      </button>
    </dialog>
  )
}

function isOutside({ clientX, clientY, currentTarget }: React.MouseEvent): boolean {
  const { left, right, top, bottom } = currentTarget.getBoundingClientRect()
  return clientX < left || clientX > right || clientY < top || clientY > bottom
}
