/** Whether people are asked on a spec's way to work. */
import type { SpecGates } from '../api/types'
import { Choice } from '../ui/Field'

export function Gates({ usual }: { usual: SpecGates }) {
  return (
    <Choice label="Gates" name="gates" defaultValue={usual} hint="After the requirements, and after the design.">
      <option value="review">Ask people</option>
      <option value="auto">Open by themselves</option>
    </Choice>
  )
}
