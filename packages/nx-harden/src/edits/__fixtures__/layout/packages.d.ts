/* What the fixtures import, as far as their types are looked at. */

declare namespace React {
  type ReactNode = JSX.Element | string | number | boolean | null | undefined | Iterable<ReactNode> | Promise<ReactNode>;
}

declare namespace JSX {
  interface Element {
    readonly type: unknown;
  }
  type ElementType = string | ((props: never) => React.ReactNode) | (new (props: never) => ElementClass);
  interface ElementClass {
    render(): React.ReactNode;
  }
  interface ElementAttributesProperty {
    props: unknown;
  }
  interface ElementChildrenAttribute {
    children: unknown;
  }
  interface IntrinsicElements {
    [name: string]: { children?: unknown; [attribute: string]: unknown };
  }
  interface IntrinsicAttributes {
    key?: unknown;
  }
}

declare module 'react' {
  export type ReactNode = React.ReactNode;
  export type ReactElement = JSX.Element;
  export type PropsWithChildren<Props = unknown> = Props & { children?: ReactNode };
  export type FC<Props = object> = (props: Props) => ReactNode;
  export type ComponentType<Props = object> = (props: Props) => ReactNode;
  export function memo<Props>(component: (props: Props) => ReactNode): (props: Props) => ReactNode;
  export class Component<Props = object> {
    props: Props;
    render(): ReactNode;
  }
  const react: { useMemo<Value>(make: () => Value, on: unknown[]): Value };
  export default react;
}

declare module 'next' {
  export interface Metadata {
    title?: string;
  }
}

declare module 'next/app' {
  type Page = (props: { [name: string]: unknown }) => React.ReactNode;
  export interface AppProps {
    Component: Page;
    pageProps: { [name: string]: unknown; id?: string };
    router: { isFallback: boolean; pathname: string; asPath: string };
  }
  export type AppType<Props = object> = (props: { Component: Page; pageProps: Props }) => React.ReactNode;
  export default class App {
    props: AppProps;
    componentDidMount(): void;
    render(): React.ReactNode;
  }
}

declare module '@vercel/analytics/next' {
  export function Analytics(props: { mode?: 'auto' | 'development' | 'production' }): null;
}

declare module '@vercel/speed-insights/next' {
  export function SpeedInsights(props: { sampleRate?: number }): null;
}

declare module '@vercel/analytics/react' {
  export function Analytics(props: { beforeSend?: (event: { url: string }) => unknown }): null;
}

declare module 'next-auth' {
  export interface Session {
    expires: string;
  }
}

declare module 'next/font/google' {
  type Font = (options: object) => { className: string; variable: string };
  export const Inter: Font;
  export const Geist: Font;
  export const Geist_Mono: Font;
}

declare module '@/i18n/routing' {
  export const routing: { locales: string[] };
}

declare module '@/lib/locale' {
  export function withLocale<Component>(component: Component): Component;
}

declare module '*';

declare const process: { env: Record<string, string | undefined> };
