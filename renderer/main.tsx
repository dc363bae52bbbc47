import '@mantine/core/styles.css';
import '@mantine/notifications/styles.css';
import '@mantine/spotlight/styles.css';
import './app/app.css';
import { MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { ActionsProvider } from './app/actions.tsx';
import { JobsProvider } from './app/jobs.tsx';
import { Shell } from './app/shell.tsx';
import { theme, variables } from './app/theme.ts';
import { Desktop } from './features/desktop/desktop.tsx';
import { OpenTablesProvider } from './features/lab/tables/open-tables.tsx';
import { WorkingCopiesProvider } from './features/risk/working-copies.tsx';

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root');
const queries = new QueryClient({
  defaultOptions: { queries: { retry: false, networkMode: 'always' }, mutations: { networkMode: 'always' } },
});

createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <MantineProvider theme={theme} cssVariablesResolver={variables} defaultColorScheme="auto">
        <ActionsProvider>
          <JobsProvider>
            <WorkingCopiesProvider>
              <OpenTablesProvider>
                <Shell />
                <Desktop />
              </OpenTablesProvider>
            </WorkingCopiesProvider>
          </JobsProvider>
        </ActionsProvider>
        <Notifications position="bottom-right" limit={4} />
      </MantineProvider>
    </QueryClientProvider>
  </StrictMode>,
);
