import { type ComponentType, type ReactNode, Suspense } from 'react';
import { useAddress } from '../address/search.ts';
import { Tabs } from '../parts/tabs.tsx';

export interface PageView {
  /** Its name in the address, which leaves out the first view's. */
  id: string;
  title: string;
  /** May be lazy. */
  View: ComponentType;
}

export interface PageViewsProps {
  title: string;
  /** The label of the tabs for screen readers. */
  label: string;
  views: readonly [PageView, ...PageView[]];
  /** The part of the address that names the view, if the page uses `view` for another choice. */
  part?: string;
  /** Between the heading and the view. */
  children?: ReactNode;
}

/**
 * The heading of a page with tabs for its views, and the chosen view, which is kept in the address.
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
