import { useEffect } from 'react'

/** Names the tab, and the page to a screen reader. */
export function useTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · OmoiOS`
  }, [title])
}
