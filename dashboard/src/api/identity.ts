/** What is asked about people, their sessions, organizations and keys. Typed by hand until the routes are in the document. */
import { queryOptions } from '@tanstack/react-query'
import { alone, refresh_in } from '../session/renew'
import { send } from '../session/send'
import type {
  ApiKey,
  Changed,
  Consent,
  Invitation,
  InvitationSeen,
  Limits,
  Me,
  Member,
  Membership,
  NewApiKey,
  Organization,
  Provider,
  Role,
  SessionNote,
  SignedIn,
} from './identityTypes'
import { problemIn } from './identityWords'
import { ProblemError, unreachable } from './problem'
import { once } from './writes'

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE'

interface Extra {
  headers?: Record<string, string> | undefined
  signal?: AbortSignal | undefined
  /** How it is sent: signed, unless it is for who is not here yet. */
  by?: (request: Request) => Promise<Response>
}

const unsigned = (request: Request): Promise<Response> => fetch(request)

/** Throws a `ProblemError` with the words of these pages. */
async function ask(method: Method, path: string, body?: unknown, { headers, signal, by = send }: Extra = {}): Promise<Response> {
  const request = new Request(new URL(`/api/v1${path}`, location.href), {
    method,
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: signal ?? null,
  })
  let response: Response
  try {
    response = await by(request)
  } catch (cause) {
    if (cause instanceof ProblemError || (cause instanceof DOMException && cause.name === 'AbortError')) throw cause
    throw unreachable(cause)
  }
  if (!response.ok) throw await problemIn(response)
  return response
}

async function answer<T>(asked: Promise<Response>): Promise<T> {
  const response = await asked
  return response.status === 204 ? (undefined as T) : ((await response.json()) as T)
}

const get = <T>(path: string, { position, signal }: { position?: number | null | undefined; signal?: AbortSignal | undefined }) =>
  answer<T>(ask('GET', path, undefined, { signal, headers: position ? { 'omoi-min-position': String(position) } : {} }))

const post = <T>(path: string, body: unknown = {}) => answer<T>(ask('POST', path, body))
const postUnsigned = <T>(path: string, body: unknown = {}) => answer<T>(ask('POST', path, body, { by: unsigned }))

/** A command of the log: sent again with the same key when its fate is unknown. */
const order = <T>(method: Method, path: string, body?: unknown) =>
  once((headers) => answer<T>(ask(method, path, body, { headers })))

// ---- signing in ----

/** Somebody is signed in by the answer; the date is the server's. */
export interface Entry {
  answer: SignedIn
  date: string | null
}

async function entry<T = never>(path: string, body: object): Promise<Entry | T> {
  // Beside the renewal of another tab the later cookie would win, whichever it is. Unsigned: a renewal in here would wait for
  // itself.
  const response = await alone(() => ask('POST', path, { ...body, refresh_in }, { by: unsigned }))
  const said = (await response.json()) as SignedIn | T
  return typeof said === 'object' && said !== null && 'access_token' in said
    ? { answer: said, date: response.headers.get('date') }
    : (said as T)
}

export const login = (body: { email: string; password: string }) => entry('/auth/login', body)
export const verify = (body: { token: string; password: string }) => entry('/auth/verify', body)
export const loginLink = (token: string) => entry('/auth/login-link', { token })
export const finishOauth = (provider: string, body: Record<string, string>) =>
  entry<Consent>(`/auth/oauth/${encodeURIComponent(provider)}/finish`, body)
export const consentOauth = (body: { token: string; password: string }) => entry('/auth/oauth/consent', body)

export const register = (body: { email: string; password: string; display_name: string }) => postUnsigned('/auth/register', body)
export const resendVerification = (email: string) => postUnsigned('/auth/verify/resend', { email })
export const forgotPassword = (email: string) => postUnsigned('/auth/password/forgot', { email })
export const resetPassword = (body: { token: string; password: string }) => postUnsigned('/auth/password/reset', body)
export const startOauth = (provider: string) => postUnsigned<{ url: string }>(`/auth/oauth/${encodeURIComponent(provider)}/start`)

/** Ends the session of whoever is here. */
export const logout = (refresh_token?: string) =>
  answer<void>(ask('POST', '/auth/logout', { refresh_token }, { headers: { 'x-omoi-csrf': '1' } }))

export const providersQuery = () =>
  queryOptions({
    queryKey: ['oauth'],
    queryFn: async ({ signal }) => (await get<{ providers: Provider[] }>('/auth/oauth', { signal })).providers,
  })

// ---- invitations ----

export const lookAtInvitation = (token: string) => postUnsigned<InvitationSeen>('/invitations/look', { token })
export const acceptInvitation = (token: string) =>
  order<{ organization: Membership } & Changed>('POST', '/invitations/accept', { token })

// ---- oneself ----

/** `position` of a change that the answer is to show. */
export const readMe = (position?: number | null, signal?: AbortSignal) =>
  get<Me>('/auth/me', { position, signal })
export const meQuery = () => queryOptions({ queryKey: ['me'], queryFn: ({ signal }) => readMe(undefined, signal) })

export const changeName = (display_name: string) => order<Changed>('POST', '/auth/me', { display_name })
export const changePassword = (body: { current: string; password: string }) => post('/auth/password/change', body)

export const sessionsQuery = () =>
  queryOptions({
    queryKey: ['sessions'],
    queryFn: async ({ signal }) => (await get<{ sessions: SessionNote[] }>('/auth/sessions', { signal })).sessions,
  })
export const endSession = (id: string) => answer<void>(ask('DELETE', `/auth/sessions/${id}`))
export const endOtherSessions = () => post<{ ended: number }>('/auth/sessions/end-others')

// ---- organizations ----

export const createOrganization = (body: { name: string; slug?: string }) =>
  order<{ id: string; name: string; slug: string } & Changed>('POST', '/organizations', body)

export async function switchTo(organization: string): Promise<Entry> {
  const response = await ask('POST', '/auth/switch', { organization })
  return { answer: (await response.json()) as SignedIn, date: response.headers.get('date') }
}

const at = (id: string, rest = '') => `/organizations/${id}${rest}`

export const readOrganization = (id: string, position?: number | null, signal?: AbortSignal) =>
  get<Organization>(at(id), { position, signal })
export const organizationQuery = (id: string) =>
  queryOptions({ queryKey: ['organization', id], queryFn: ({ signal }) => readOrganization(id, undefined, signal) })
export const renameOrganization = (id: string, name: string) => order<Changed>('POST', at(id, '/rename'), { name })
export const setLimits = (id: string, limits: Limits) => order<Changed>('PUT', at(id, '/limits'), limits)
export const closeOrganization = (id: string) => order<Changed>('POST', at(id, '/close'), {})
export const leaveOrganization = (id: string) => order<Changed>('POST', at(id, '/leave'), {})

export const readMembers = async (id: string, position?: number | null, signal?: AbortSignal) =>
  (await get<{ members: Member[] }>(at(id, '/members'), { position, signal })).members
export const membersQuery = (id: string) =>
  queryOptions({ queryKey: ['members', id], queryFn: ({ signal }) => readMembers(id, undefined, signal) })
export const changeRole = (id: string, user: string, role: Role) =>
  order<Changed>('POST', at(id, `/members/${user}/role`), { role })
export const removeMember = (id: string, user: string) => order<Changed>('DELETE', at(id, `/members/${user}`))

export const readInvitations = async (id: string, position?: number | null, signal?: AbortSignal) =>
  (await get<{ invitations: Invitation[] }>(at(id, '/invitations'), { position, signal })).invitations
export const invitationsQuery = (id: string) =>
  queryOptions({ queryKey: ['invitations', id], queryFn: ({ signal }) => readInvitations(id, undefined, signal) })
export const invite = (id: string, body: { email: string; role: Role; days: number }) =>
  order<{ id: string; expires_at: string } & Changed>('POST', at(id, '/invitations'), body)
export const revokeInvitation = (id: string, invitation: string) =>
  order<Changed>('DELETE', at(id, `/invitations/${invitation}`))

export const readKeys = async (id: string, position?: number | null, signal?: AbortSignal) =>
  (await get<{ keys: ApiKey[] }>(at(id, '/api-keys'), { position, signal })).keys
export const keysQuery = (id: string) =>
  queryOptions({ queryKey: ['keys', id], queryFn: ({ signal }) => readKeys(id, undefined, signal) })
/** Not sent a second time: the key is said once, and an answer that was lost is lost. */
export const createKey = (id: string, body: { name: string; scopes: string[]; project?: string; days: number }) =>
  answer<NewApiKey>(ask('POST', at(id, '/api-keys'), body, { headers: { 'Idempotency-Key': crypto.randomUUID() } }))
export const revokeKey = (id: string, key: string) => order<Changed>('DELETE', at(id, `/api-keys/${key}`))
