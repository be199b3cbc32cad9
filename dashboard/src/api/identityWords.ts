/** What refusals about people, organizations and keys say here: what is so, and what to do next. */
import { ProblemError, problemOf } from './problem'

const WORDS: Record<string, string> = {
  unauthenticated: 'Your session has ended. Sign in again.',
  invalid_credentials: 'Address and password do not belong together. Look at both, or choose a new password.',
  invalid_token: 'This link has been used, or its time is over. Ask for another one.',
  csrf: 'The browser held something back that the server needs. Reload the page and try again.',
  needs_session: 'A key cannot do this. Sign in as a person.',
  forbidden: 'Your role does not allow this. Ask an owner or an admin of the organization.',
  not_found: 'It is not there any more, or it belongs to somebody else. Read the page again.',
  taken: 'Another organization has this short name. Choose another one.',
  last_owner: 'This is the last owner of the organization. Make another member an owner first.',
  above_asker: 'This is about a role above yours. Ask somebody who has it.',
  already_invited: 'There is an open invitation to this address. Revoke it first, or wait for the answer.',
  already_member: 'You are a member already. There is nothing to accept.',
  other_address: 'The invitation is for another address. Sign in as the person who has it.',
  invitation_used: 'Somebody accepted this invitation before. Ask for another one.',
  invitation_was_revoked: 'The invitation was taken back. Ask whoever sent it.',
  invitation_expired: 'The time of the invitation is over. Ask for another one.',
  unknown_invitation: 'There is no such invitation any more. Read the page again.',
  member_limit: 'All places are taken, open invitations included. Remove a member, revoke an invitation, or raise the limit.',
  not_a_member: 'This person is no member any more. Read the page again.',
  unknown_api_key: 'There is no such key any more. Read the page again.',
  too_many_api_keys: 'You have as many keys as a member may have. Revoke one that nobody needs.',
  access_denied: 'You said no there, so nothing was changed. Begin again, or sign in another way.',
  address_not_verified: 'Your mail address is not confirmed there. Confirm it there and begin again, or sign in another way.',
  provider_unavailable: 'It does not answer. Nothing was changed: begin again in a minute, or sign in another way.',
  provider_not_believed: 'What it sent cannot be believed, so nothing was changed. Begin again, or sign in another way.',
  provider_misconfigured: 'It is not set up rightly here; whoever keeps this server can see why. Sign in another way.',
  suspended: 'The organization is suspended, so nothing in it can be changed. Ask whoever runs this server.',
  closed: 'The organization is closed for good.',
}

/** The problem of an answer, in the words of these pages; in the server's where they have none. */
export async function problemIn(response: Response): Promise<ProblemError> {
  const problem = problemOf(response.status, await response.json().catch(() => null))
  if (response.status === 429) return worded(problem, tooMany(Number(response.headers.get('retry-after'))))
  const words = WORDS[problem.code]
  return words ? worded(problem, words) : problem
}

const worded = ({ code, status }: ProblemError, words: string) => new ProblemError(code, status, words)

function tooMany(seconds: number): string {
  if (!(seconds > 0)) return 'Too many tries. Wait a minute, then try again.'
  const minutes = Math.ceil(seconds / 60)
  const wait = seconds < 90 ? `${Math.ceil(seconds)} seconds` : `${minutes} minutes`
  return `Too many tries. Try again in ${wait}.`
}
