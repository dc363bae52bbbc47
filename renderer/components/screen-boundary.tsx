import { Button, Text } from '@mantine/core';
import { Component, type ReactNode } from 'react';
import { text } from '../app/text.ts';
import { Failure } from './failure.tsx';

interface ScreenBoundaryProps {
  readonly children: ReactNode;
}

/** A screen that breaks takes neither the frame nor the other screens with it. React offers this to classes only. */
export class ScreenBoundary extends Component<ScreenBoundaryProps, { readonly error: Error | undefined }> {
  override state: { readonly error: Error | undefined } = { error: undefined };

  static getDerivedStateFromError(thrown: unknown): { readonly error: Error } {
    return { error: thrown instanceof Error ? thrown : new Error(String(thrown)) };
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (!error) return this.props.children;
    return (
      <main className="page">
        <Failure error={error} />
        <Text size="sm" mb="sm">
          {text.errors.broken}
        </Text>
        <Button onClick={() => this.setState({ error: undefined })} variant="default">
          {text.errors.retry}
        </Button>
      </main>
    );
  }
}
