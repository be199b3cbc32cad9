/** In the place of runs, for who may not read them. */
import { Forbidden } from '../ui/Forbidden'

export function NotForYou() {
  return <Forbidden title="This key does not show runs">What agents did and said is for those who may read runs (runs:read). Sign in as a person, or use a key with that scope.</Forbidden>
}
