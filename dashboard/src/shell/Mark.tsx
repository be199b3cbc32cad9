/** The mark. Its dot is the one place where citron does not mean the past. */
export function Mark() {
  return (
    <svg viewBox="0 0 16 16" className="size-4 shrink-0" aria-hidden="true">
      <path d="M2 3.5h12M2 8h7.5M2 12.5h4.5" stroke="currentColor" strokeWidth={2.2} strokeLinecap="round" />
      <circle cx={12.5} cy={10.5} r={2.3} fill="var(--past)" />
    </svg>
  )
}
