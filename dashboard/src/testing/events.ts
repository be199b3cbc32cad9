/** Events for tests. */
import type { RecordedEvent } from '../api/types'

/** The id of the event at a position. */
export const idAt = (position: number) => `00000000-0000-7000-8000-${String(position).padStart(12, '0')}`

export function event(given: Partial<RecordedEvent> & { position: number }): RecordedEvent {
  return {
    id: idAt(given.position),
    type: 'ticket.created',
    version: 1,
    org_id: '8449932e-6e95-8cd2-a34c-b54650d06cae',
    project_id: '36d076fe-bcc4-8ccc-a9ab-9021efaf03b1',
    aggregate_type: 'ticket',
    aggregate_id: '346954e4-8d30-854f-b911-1b893dd2f4ad',
    sequence: 1,
    actor: 'edeaa776-eb12-830a-8660-5e375fbbca63',
    correlation_id: '01a206b1-d59a-7107-8a82-7cc735ff68b5',
    causation_id: null,
    command_id: '01a206b1-d59a-7107-8a82-7cc60223189f',
    epoch: null,
    recorded_at: '2026-11-23T04:37:27.680809Z',
    content_hash: '5c7bd9273af16452b854827796003a6e34df20e1a1ae780a0d293222300b0fb0',
    metadata: {},
    payload: {},
    ...given,
  }
}
