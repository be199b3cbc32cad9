/** The cache of reads. The socket says when something is out of date; where it cannot, a look at the tab reads again. */
import { QueryClient } from '@tanstack/react-query'
import { mayPass } from './api/problem'
import { live } from './live'

export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      retry: (failures, error) => mayPass(error) && failures < 2,
      refetchOnWindowFocus: () => live.status.getState().link !== 'live',
      // A server on this machine answers without a network.
      networkMode: 'always',
    },
    mutations: { retry: false, networkMode: 'always' },
  },
})
