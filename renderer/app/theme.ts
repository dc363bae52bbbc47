import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from '@mantine/core';
import { text } from './text.ts';

/** One accent marks what acts; greys carry the page (docs: look and feel). */
const field: MantineColorsTuple = [
  '#eef5fa',
  '#dae8f2',
  '#b2d0e5',
  '#87b6d8',
  '#64a1cd',
  '#4e94c6',
  '#2f78ad',
  '#1f5f8b',
  '#194f75',
  '#0f3c5b',
];

/** Dense by default: 13 px text on a 4 px grid, 30 px rows, tabular figures for every amount. */
export const theme = createTheme({
  primaryColor: 'field',
  primaryShade: { light: 7, dark: 6 },
  colors: { field },
  fontFamily: "'Inter Variable', Inter, system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif",
  fontFamilyMonospace: "ui-monospace, 'SF Mono', 'Cascadia Mono', Menlo, Consolas, monospace",
  fontSizes: { xs: '12px', sm: '13px', md: '14px', lg: '16px', xl: '20px' },
  spacing: { xs: '4px', sm: '8px', md: '12px', lg: '16px', xl: '24px' },
  defaultRadius: 'sm',
  autoContrast: true,
  focusRing: 'auto',
  respectReducedMotion: true,
  headings: {
    fontWeight: '600',
    sizes: { h1: { fontSize: '20px' }, h2: { fontSize: '16px' }, h3: { fontSize: '14px' }, h4: { fontSize: '13px' } },
  },
  components: {
    // What closes a window has a name for whoever does not see the cross.
    Modal: { defaultProps: { closeButtonProps: { 'aria-label': text.frame.close } } },
    Drawer: { defaultProps: { closeButtonProps: { 'aria-label': text.frame.close } } },
    // 30 px rows with 13 px text: Mantine's xs box with its sm text.
    Input: { defaultProps: { size: 'xs' }, styles: { input: { fontSize: '13px' } } },
    InputWrapper: { defaultProps: { size: 'xs' }, styles: { label: { fontWeight: 400, fontSize: '12px' } } },
    TextInput: { defaultProps: { size: 'xs' } },
    Textarea: { defaultProps: { size: 'xs' } },
    Select: { defaultProps: { size: 'xs' } },
    MultiSelect: { defaultProps: { size: 'xs' } },
    TagsInput: { defaultProps: { size: 'xs' } },
    FileInput: { defaultProps: { size: 'xs' } },
    Button: { defaultProps: { size: 'xs' } },
    Notification: { styles: { description: { color: 'var(--mantine-color-text)' } } },
    // The cross of dialogs and messages has no words of its own.
    CloseButton: { defaultProps: { 'aria-label': text.frame.close } },
  },
});

/** Mantine's quiet colours miss the contrast of WCAG AA on white at our text size: a shade darker. */
export const variables: CSSVariablesResolver = ({ colors }) => ({
  variables: {},
  dark: {
    '--mantine-color-dimmed': colors.dark[1],
    '--mantine-color-error': colors.red[4],
    '--mantine-color-placeholder': colors.dark[2],
  },
  light: {
    '--mantine-color-dimmed': colors.gray[7],
    '--mantine-color-error': colors.red[9],
    '--mantine-color-placeholder': colors.gray[7],
    ...Object.fromEntries(
      (['teal', 'red', 'orange', 'gray', 'field'] as const).map((name) => [
        `--mantine-color-${name}-light-color`,
        colors[name]?.[9] ?? 'inherit',
      ]),
    ),
    '--mantine-color-teal-light-color': '#06543c',
  },
});
