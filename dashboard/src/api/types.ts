/** Names for the shapes of the API that pages speak of. They are the document's own. */
import type { components } from './schema'

type Schemas = components['schemas']

export type Board = Schemas['Board']
export type BoardCard = Schemas['BoardCard']
export type Project = Schemas['ProjectAnswer']
export type OneProject = Schemas['OneProject']
export type Ticket = Schemas['Ticket']
export type TicketChanged = Schemas['TicketChanged']
export type Task = Schemas['Task']
export type TaskNote = Schemas['TaskNote']
export type Approval = Schemas['Approval']
export type RecordedEvent = Schemas['RecordedEvent']
export type Spec = Schemas['Spec']
export type SpecLine = Schemas['SpecLine']
export type SpecStanding = Schemas['SpecStanding']
export type RevisedSpec = Schemas['RevisedSpec']
export type SpecGate = Schemas['SpecGate']
export type SpecGates = Schemas['SpecGates']
export type PlanningPhase = Schemas['PlanningPhase']
export type PlanProblem = Schemas['PlanProblem']
export type PlanFile = Schemas['PlanFile']
export type PlanLayout = Schemas['PlanLayout']
export type Problem = Schemas['Problem']
export type Run = Schemas['Run']
export type RunLine = Schemas['RunLine']
export type Agent = Schemas['Agent']
export type AgentProfile = Schemas['AgentProfile']
export type Intervention = Schemas['Intervention']
export type RunName = Schemas['RunName']
export type RunSandbox = Schemas['RunSandbox']
export type Phase = BoardCard['phase']
export type Priority = BoardCard['priority']

export const PHASES: readonly Phase[] = [
  'backlog',
  'requirements',
  'design',
  'implementation',
  'testing',
  'deployment',
  'done',
]
