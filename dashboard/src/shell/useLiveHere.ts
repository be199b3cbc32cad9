/**
 * Keeps true what all pages stand on: the list of projects, and what one is in the organization. Its lane also speaks each
 * second, which is how a dead line is noticed on any page.
 */
import { useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { projectsQuery } from '../api/reads'
import { live } from '../live'

const ABOUT_PROJECTS = [
  'project.created',
  'project.renamed',
  'project.described',
  'project.archived',
  'project.restored',
  'project.board_configured',
  'project.gates_configured',
  'project.autonomy_changed',
]

const ABOUT_ORGANIZATION = [
  'organization.renamed',
  'organization.suspended',
  'organization.reinstated',
  'organization.closed',
  'organization.member_added',
  'organization.member_role_changed',
  'organization.member_removed',
  'organization.invitation_sent',
  'organization.invitation_accepted',
  'organization.invitation_revoked',
  'organization.limits_set',
  'organization.api_key_issued',
  'organization.api_key_revoked',
]

export function useLiveHere(): void {
  const queries = useQueryClient()
  useEffect(() => {
    // Beyond the first page: organizations change seldom.
    const lookAround = async (position: number | null) => (await import('../organization/lookAround')).lookAround(queries, position)
    return live.follow({
      topic: { kind: 'log', types: [...ABOUT_PROJECTS, ...ABOUT_ORGANIZATION] },
      from: null,
      async read() {
        await queries.invalidateQueries({ queryKey: ['projects'] })
        await queries.invalidateQueries({ queryKey: ['project'] })
        const read = await queries.fetchInfiniteQuery(projectsQuery())
        await lookAround(null)
        return read.pages[0]?.position ?? 0
      },
      events(events) {
        const projects = events.filter(({ aggregate_type }) => aggregate_type === 'project')
        if (projects.length > 0) void queries.invalidateQueries({ queryKey: ['projects'] })
        for (const { aggregate_id } of projects) void queries.invalidateQueries({ queryKey: ['project', aggregate_id] })
        if (projects.length < events.length) void lookAround(events.at(-1)!.position)
      },
    })
  }, [queries])
}
