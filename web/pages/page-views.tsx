import { type ComponentType, type ReactNode, Suspense } from 'react';
import { useAddress } from '../address/search.ts';
import { Tabs } from '../parts/tabs.tsx';

export interface PageView {
  /** As the address names it; that of the first view is left out there. */
  id: string;
  title: string;
  /** May be loaded when it is shown. */
  View: ComponentType;
}

export interface PageViewsProps {
  title: string;
  /** What is chosen, for those who can't see the tabs. */
  label: string;
  views: readonly [PageView, ...PageView[]];
  /** The part of the address that names the view, where `view` is another choice of the page. */
  part?: string;
  /** Between the heading and the view. */
  children?: ReactNode;
}

/**
 * The heading of a page with the choice of its views, and the chosen view, which is in the address.
 */
export function PageViews({ title, label, views, part = 'view', children }: PageViewsProps) {
  const [address, setAddress] = useAddress();
  const [first] = views;
  const { View } = views.find(({ id }) => id === address[part]) ?? first;
  return (
    <>
      <div className="page-head">
        <h1>{title}</h1>
        <Tabs
          label={label}
          tabs={views}
          chosen={address[part] ?? first.id}
          onChoose={view => setAddress({ [part]: view === first.id ? undefined : view })}
        />
      </div>
      {children}
      <Suspense>
        <View />
      </Suspense>
    </>
  );
}
